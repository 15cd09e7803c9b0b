internal import Files

/// Random weights that depend only on the seed, the tensor's name and the element's index, so that
/// another program can make the same ones: parity tests and benchmarks need no weight files.
///
/// Element i of tensor `name` takes u in [0, 1) from the top 24 bits of SplitMix64's finaliser at
/// `(seed ^ FNV-1a-64(name)) + (i + 1) · 0x9E3779B97F4A7C15`, and becomes, by name and rank,
/// - `…running_var`, and `…weight` of rank 1 (a normalisation's scale): 0.5 + u
/// - `…running_mean`, `…bias`, and any other rank 1: 0.2 u − 0.1
/// - rank 2 and up: (2u − 1) · √(6 / fan-in), He's uniform initialisation (arXiv 1502.01852), where
///   fan-in is the product of all extents but the first.
public struct SeededWeights: WeightSource {
  public let seed: UInt64

  public init(seed: UInt64) {
    self.seed = seed
  }

  public func shape(of name: String) -> Shape? { nil }

  public func contains(_ name: String) -> Bool { true }

  public func tensor(_ name: String, shape: Shape) -> Tensor {
    var scale: Float = 0.2
    var offset: Float = -0.1
    if shape.rank >= 2 {
      let fanIn = shape.extents.dropFirst().reduce(1, *)
      let bound = (6 / Float(max(1, fanIn))).squareRoot()
      (scale, offset) = (2 * bound, -bound)
    } else if name.hasSuffix("running_var") || name.hasSuffix("weight") {
      (scale, offset) = (1, 0.5)
    }
    var random = SeededRandom(seed: seed ^ StableHash.of64Bits(name.utf8))
    return Tensor(shape, (0..<shape.count).map { _ in offset + scale * random.uniform() })
  }
}
