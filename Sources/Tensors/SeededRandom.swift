/// SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators"): the same
/// sequence for the same seed on every machine.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  /// The whole state: saving and restoring it continues the sequence.
  public var state: UInt64

  public init(seed: UInt64) {
    state = seed
  }

  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The state that a generator of state `state` has after `count` numbers.
  static func state(_ state: UInt64, after count: Int) -> UInt64 {
    state &+ UInt64(truncatingIfNeeded: count) &* increment
  }

  /// Leaves out `count` numbers.
  package mutating func skip(_ count: Int) {
    state = Self.state(state, after: count)
  }

  public mutating func next() -> UInt64 {
    state &+= Self.increment
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in [0, 1) with 24 random bits.
  public mutating func uniform() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// A number in [0, 1) with 53 random bits: what is drawn by it keeps its chance, however rare.
  package mutating func uniformDouble() -> Double {
    Double(next() >> 11) * 0x1p-53
  }
}
