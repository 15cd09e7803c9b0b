import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct BatchNormalization2dTests {
  private func layer() -> BatchNormalization2d {
    var variance = cosines([4])
    variance.elements = variance.elements.map { $0 + 1.5 }
    var bias = sines([4])
    bias.elements = bias.elements.map { $0 - 1 }
    return BatchNormalization2d(
      weight: cosines([4]), bias: bias, runningMean: sines([4]), runningVariance: variance,
      epsilon: 1e-3)
  }

  // c = torch.arange(4, dtype=torch.float64)
  // show(F.batch_norm(sines(2, 2, 3, 4).double(), torch.sin(c), torch.cos(c) + 1.5, torch.cos(c),
  //                   torch.sin(c) - 1, eps=1e-3))
  @Test func `normalises with its statistics`() {
    expect(
      layer()(sines([2, 2, 3, 4])), [2, 2, 3, 4], first: [-1, -0.158529, -0.090703, -0.85888],
      last: [-0.087702, -0.834579], norm: 5.94098)
  }

  @Test("folded into a convolution, it does what it does after it", arguments: [true, false])
  func folding(hasBias: Bool) {
    let bias = hasBias ? cosines([4]) : nil
    let convolution = Convolution2d(
      weight: randomTensor([4, 3, 3, 3], seed: 1), bias: bias, window: Window(3))
    let folded = layer().folded(into: convolution.weight, bias: bias?.elements)
    let fused = Convolution2d(
      weight: folded.weight, bias: Tensor([4], folded.bias), window: Window(3))
    let input = randomTensor([2, 6, 5, 3], seed: 2)
    #expect(relativeError(fused(input).elements, layer()(convolution(input)).elements) < 1e-6)
  }

  @Test func `starts as the identity but for epsilon`() {
    let input = randomTensor([1, 2, 2, 3], seed: 3)
    let result = BatchNormalization2d(channels: 3, epsilon: 0)(input)
    #expect(result == input)
  }

  @Test func `reads its parameters under PyTorch's names`() throws {
    let source = SeededWeights(seed: 4)
    let layer = try BatchNormalization2d(WeightReader(source)["bn1"], channels: 5)
    #expect(layer.weight == source.tensor("bn1.weight", shape: [5]))
    #expect(layer.bias == source.tensor("bn1.bias", shape: [5]))
    #expect(layer.runningMean == source.tensor("bn1.running_mean", shape: [5]))
    #expect(layer.runningVariance == source.tensor("bn1.running_var", shape: [5]))
    #expect(layer.channels == 5 && layer.epsilon == 1e-5)
  }

  // Scripts/references/training.py, batch_normalization
  @Test("gradients are PyTorch's", arguments: [true, false])
  func gradients(isTraining: Bool) throws {
    var variance = randomTensor([6], seed: 6)
    variance.elements = variance.elements.map { $0 + 1.5 }
    var layer = BatchNormalization2d(
      weight: randomTensor([6], seed: 3), bias: randomTensor([6], seed: 4),
      runningMean: randomTensor([6], seed: 5), runningVariance: variance, epsilon: 1e-3)
    let input = randomTensor([3, 4, 5, 6], seed: 1)
    let residual = randomTensor([3, 4, 5, 6], seed: 2)
    let trace =
      isTraining
      ? layer.forward(input, residual: residual, activation: .relu)
      : layer.forwardFrozen(input, residual: residual, activation: .relu)
    let golden = try TrainingReferences(
      "batch-normalization-\(isTraining ? "training" : "frozen")")
    try golden.expect(trace.output, "output")
    try golden.expect(layer.runningMean, "running_mean")
    try golden.expect(layer.runningVariance, "running_var")
    var gradients = layer.zeros()
    let found = layer.backward(
      trace, randomTensor([3, 4, 5, 6], seed: 7), gradients: &gradients, threads: 2)
    try golden.expect(found.input, "input")
    try golden.expect(found.residual, "residual")
    try golden.expect(gradients.weight, "weight")
    try golden.expect(gradients.bias, "bias")
  }

  @Test("gradients are the slopes of the loss", arguments: [true, false])
  func slopes(isTraining: Bool) throws {
    let layer = layer()
    let input = randomTensor([3, 2, 5, 4], seed: 1)
    let slope = randomTensor([3, 2, 5, 4], seed: 7)
    func output(_ layer: BatchNormalization2d, _ input: Tensor) -> BatchNormalizationTrace {
      var layer = layer
      return isTraining ? layer.forward(input) : layer.forwardFrozen(input)
    }
    var gradients = layer.zeros()
    let found = layer.backward(output(layer, input), slope, gradients: &gradients)
    expectGradient(found.input, at: input) { dot(output(layer, $0).output, slope) }
    expectGradient(gradients.weight, at: layer.weight, "weight") {
      var changed = layer
      changed.weight = $0
      return dot(output(changed, input).output, slope)
    }
    expectGradient(gradients.bias, at: layer.bias, "bias") {
      var changed = layer
      changed.bias = $0
      return dot(output(changed, input).output, slope)
    }
  }

  @Test("optimizers leave the statistics alone, and averages take them over")
  func statistics() {
    var layer = layer()
    let before = layer
    var optimizer = Optimizer(.descent())
    optimizer.update(&layer, layer, rate: 0.1)
    #expect(layer.runningMean == before.runningMean && layer.weight != before.weight)
    var average = ExponentialMovingAverage(BatchNormalization2d(channels: 4), decay: 0.9)
    average.update(before)
    #expect(average.average.runningVariance == before.runningVariance)
    #expect(before.parameterCount == 8)
  }
}
