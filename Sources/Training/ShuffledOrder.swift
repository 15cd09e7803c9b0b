internal import Tensors

/// An endless sequence of the numbers 0..<count, shuffled anew each time all have been given. Saved
/// and restored, it goes on where it stood.
package struct ShuffledOrder: Codable, Sendable {
  package let count: Int
  /// How often all numbers have been given.
  package private(set) var epoch = 0
  /// How many numbers of this epoch have been given.
  package private(set) var position = 0
  private let seed: UInt64
  private var order: [Int]

  /// - Precondition: `count` is above 0.
  package init(count: Int, seed: UInt64) {
    precondition(count > 0, "a shuffled order of \(count)")
    self.count = count
    self.seed = seed
    order = Self.order(count, seed, epoch: 0)
  }

  private enum CodingKeys: CodingKey {
    case count, epoch, position, seed
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    count = try values.decode(Int.self, forKey: .count)
    epoch = try values.decode(Int.self, forKey: .epoch)
    position = try values.decode(Int.self, forKey: .position)
    seed = try values.decode(UInt64.self, forKey: .seed)
    guard count > 0, (0...count).contains(position) else {
      throw DecodingError.dataCorruptedError(
        forKey: .position, in: values, debugDescription: "position \(position) of \(count)")
    }
    order = Self.order(count, seed, epoch: epoch)
  }

  package mutating func next() -> Int {
    if position == count {
      epoch += 1
      position = 0
      order = Self.order(count, seed, epoch: epoch)
    }
    position += 1
    return order[position - 1]
  }

  private static func order(_ count: Int, _ seed: UInt64, epoch: Int) -> [Int] {
    var random = SeededRandom(seed: seed &+ UInt64(epoch) &* 0xD1B5_4A32_D192_ED03)
    return (0..<count).shuffled(using: &random)
  }
}
