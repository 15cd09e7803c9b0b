package import Tensors

extension SeededRandom {
  /// The randomness of one step of a run, which depends on nothing before it.
  ///
  /// - Parameter step: counted from 0.
  package init(seed: UInt64, step: Int) {
    self.init(seed: seed &+ UInt64(step + 1) &* 0xA24B_AED4_963E_E407)
  }
}
