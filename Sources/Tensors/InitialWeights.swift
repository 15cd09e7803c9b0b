/// Random weights as training starts, which depend only on the seed and the tensor's name: matrices
/// and convolutions uniform within ±√(6 / fan-in) (He et al. 2015, arXiv 1502.01852), where fan-in
/// is the product of all extents but the first; normalisations' scales and variances 1; biases and
/// means 0.
package struct InitialWeights: WeightSource {
  package let seed: UInt64

  package init(seed: UInt64) {
    self.seed = seed
  }

  package func shape(of name: String) -> Shape? { nil }

  package func contains(_ name: String) -> Bool { true }

  package func tensor(_ name: String, shape: Shape) -> Tensor {
    // Of that rank, they are those of `SeededWeights`.
    if shape.rank >= 2 { return SeededWeights(seed: seed).tensor(name, shape: shape) }
    let isOne = name.hasSuffix("weight") || name.hasSuffix("running_var")
    return Tensor(repeating: isOne ? 1 : 0, shape)
  }
}
