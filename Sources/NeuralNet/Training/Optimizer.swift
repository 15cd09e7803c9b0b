package import Tensors

/// Changes a model's parameters by their gradients.
///
/// The rows of a table that a step did not touch keep their values and their running means, as in
/// PyTorch's `SparseAdam`; everything else is updated as PyTorch's `SGD`, `Adam` and `AdamW` do.
package struct Optimizer: Sendable {
  package enum Method: Codable, Equatable, Sendable {
    /// Gradient descent; with Nesterov's momentum (Sutskever et al. 2013) if `isNesterov`.
    case descent(momentum: Float = 0, isNesterov: Bool = false)
    /// Adam (Kingma, Ba 2015, arXiv 1412.6980); weight decay is part of the gradient.
    case adam(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)
    /// Adam with weight decay apart (Loshchilov, Hutter 2019, arXiv 1711.05101).
    case adamW(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)

    /// The names of the running means that the method keeps for each parameter.
    fileprivate var means: [String] {
      switch self {
      case .descent(let momentum, _): momentum == 0 ? [] : ["velocity"]
      case .adam, .adamW: ["first", "second"]
      }
    }
  }

  package let method: Method
  package let weightDecay: Float
  /// Whether weight decay also holds for parameters of rank 1: biases, and the scales and shifts of
  /// normalisations.
  package let decaysVectors: Bool
  /// How many updates there have been.
  package private(set) var steps = 0
  /// For each of the method's running means, by parameter.
  private var means: [String: [Tensor]] = [:]

  package init(_ method: Method, weightDecay: Float = 0, decaysVectors: Bool = false) {
    self.method = method
    self.weightDecay = weightDecay
    self.decaysVectors = decaysVectors
  }

  /// - Parameters:
  ///   - gradients: of the same parameters as the model.
  ///   - rate: the learning rate.
  ///   - rateFactor: by checkpoint key, what the rate is multiplied by; 0 leaves a parameter alone.
  package mutating func update<Model: Trainable>(
    _ model: inout Model, _ gradients: Model, rate: Float, threads: Int = 1,
    rateFactor: @escaping (String) -> Float = { _ in 1 }
  ) {
    steps += 1
    let copy = self
    // Out of self, so that the closure is the only owner.
    var means = self.means
    self.means = [:]
    model.forEachParameter(with: gradients) { parameter, tensor, gradient, touched in
      let factor = rateFactor(parameter.name)
      guard !parameter.isStatistic, factor != 0 else { return }
      var own =
        means.removeValue(forKey: parameter.name)
        ?? copy.method.means.map { _ in Tensor(tensor.shape) }
      copy.update(&tensor, gradient, touched, &own, rate: rate * factor, threads: threads)
      means[parameter.name] = own
    }
    self.means = means
  }

  private func update(
    _ parameter: inout Tensor, _ gradient: Tensor, _ touched: TouchedRows?,
    _ means: inout [Tensor], rate: Float, threads: Int
  ) {
    let decay = parameter.shape.rank > 1 || decaysVectors ? weightDecay : 0
    // Descent without momentum neither reads nor keeps its velocity.
    var first = means.isEmpty ? Tensor([]) : means[0]
    var second = means.count < 2 ? Tensor([]) : means[1]
    let hasVelocity = !means.isEmpty
    means = []
    gradient.elements.withUnsafeBufferPointer { gradient in
      first.elements.withUnsafeMutableBufferPointer { first in
        second.elements.withUnsafeMutableBufferPointer { second in
          guard let gradient = gradient.baseAddress, let first = first.baseAddress,
            let second = second.baseAddress
          else { return }
          parameter.overTouched(touched) { base, place, count in
            switch method {
            case .descent(let momentum, let isNesterov):
              guard hasVelocity else {
                if decay != 0 {
                  TrainingMath.add(
                    base, scaledBy: -rate * decay, count: count, into: base, threads: threads)
                }
                TrainingMath.add(
                  gradient + place, scaledBy: -rate, count: count, into: base, threads: threads)
                return
              }
              TrainingMath.Momentum(
                rate: rate, momentum: momentum, decay: decay, isNesterov: isNesterov
              )(base, gradient + place, velocity: first + place, count: count, threads: threads)
            case .adam(let beta1, let beta2, let epsilon),
              .adamW(let beta1, let beta2, let epsilon):
              TrainingMath.Adam(
                rate: rate, betas: (beta1, beta2), epsilon: epsilon, decay: decay,
                isDecoupled: isDecoupled,
                corrections: (correction(beta1), correction(beta2))
              )(
                base, gradient + place, first: first + place, second: second + place,
                count: count, threads: threads)
            }
          }
        }
      }
    }
    if hasVelocity { means = method.means.count == 2 ? [first, second] : [first] }
  }

  private var isDecoupled: Bool {
    if case .adamW = method { return true }
    return false
  }

  /// 1 − βᵗ, in double precision.
  private func correction(_ beta: Float) -> Float {
    var power = 1.0
    var base = Double(beta)
    var exponent = steps
    while exponent > 0 {
      if exponent & 1 == 1 { power *= base }
      base *= base
      exponent >>= 1
    }
    return Float(1 - power)
  }

  /// The running means, by names such as `first.fc.weight`: all there is to save but `steps`.
  package var tensors: [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (name, own) in means {
      for (mean, tensor) in zip(method.means, own) { result[mean + "." + name] = tensor }
    }
    return result
  }

  /// Goes on from saved running means and the number of updates that led to them.
  ///
  /// - Throws: `WeightError` if a tensor is missing or has another shape than the model's.
  package mutating func restore(
    _ weights: WeightReader, steps: Int, for model: some Trainable
  ) throws {
    var names: [(String, Shape)] = []
    model.forEachParameter { parameter, tensor, _ in
      if !parameter.isStatistic { names.append((parameter.name, tensor.shape)) }
    }
    // Parameters that were frozen have none.
    means = [:]
    for (name, shape) in names
    where method.means.contains(where: { weights.contains($0 + "." + name) }) {
      means[name] = try method.means.map { try weights.tensor($0 + "." + name, shape) }
    }
    self.steps = steps
  }
}
