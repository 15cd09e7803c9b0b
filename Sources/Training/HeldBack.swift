internal import Tensors

/// Which tenth of the data is held back to measure by, where there is none for that.
package enum HeldBack {
  /// Every tenth.
  case inTurn
  /// A tenth drawn at random, since labels may come in turn.
  case drawn(seed: UInt64)

  private static let share = 10

  /// The items that are trained on and those that are held back, both in their order; of fewer than
  /// ten none is held back.
  package func split<Item>(_ items: [Item]) -> (trained: [Item], heldBack: [Item]) {
    let isHeldBack: (Int) -> Bool
    switch self {
    case .inTurn: isHeldBack = { $0 % Self.share == Self.share - 1 }
    case .drawn(let seed):
      var random = SeededRandom(seed: seed)
      let drawn = Set(items.indices.shuffled(using: &random).prefix(items.count / Self.share))
      isHeldBack = drawn.contains
    }
    return (
      items.indices.filter { !isHeldBack($0) }.map { items[$0] },
      items.indices.filter(isHeldBack).map { items[$0] }
    )
  }
}
