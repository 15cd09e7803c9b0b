/// The extents of a tensor, outermost first, as in `[batch, height, width, channels]`.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  public let extents: [Int]

  /// - Precondition: no extent is negative.
  public init(_ extents: [Int]) {
    precondition(extents.allSatisfy { $0 >= 0 }, "negative extent in \(extents)")
    self.extents = extents
  }

  public init(arrayLiteral extents: Int...) {
    self.init(extents)
  }

  public var rank: Int { extents.count }

  /// The number of elements: the product of all extents, 1 for a scalar.
  public var count: Int { extents.reduce(1, *) }

  public subscript(axis: Int) -> Int { extents[axis] }

  public var description: String {
    "[" + extents.map(String.init).joined(separator: ", ") + "]"
  }
}
