/// Which required words a caption has: the states of the finite-state machine of constrained beam
/// search (Anderson et al., arXiv 1612.00576, section 3.2). Bit i of a state says that the caption
/// has one of the tokens of constraint i.
package struct ConstraintStates: Sendable {
  /// How many states there are: two to the power of the number of constraints.
  package let count: Int
  /// The tokens that satisfy constraints, ascending, each with the bits of those constraints.
  package let tokens: [(token: Int, bits: Int)]
  private let bits: [Int: Int]

  /// - Parameter required: the alternative tokens of each constraint.
  package init(_ required: [[Int]]) {
    count = 1 << required.count
    bits = required.enumerated().reduce(into: [:]) { bits, constraint in
      for token in constraint.element { bits[token, default: 0] |= 1 << constraint.offset }
    }
    tokens = bits.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The state of captions that satisfy all constraints.
  package var complete: Int { count - 1 }

  /// The state of a caption.
  package func state(of tokens: [Int]) -> Int {
    bits.isEmpty ? 0 : tokens.reduce(0) { $0 | bits[$1, default: 0] }
  }
}
