import NeuralNet
import Tensors

/// A whole step of ResNet-18 on 32 images of 128 × 128: forward, loss over 1000 classes, backward and
/// gradient descent with momentum.
func networkTrainingBenchmark(threads: Int) -> Benchmark {
  let (batch, side) = (32, 128)
  return Benchmark(
    name: "train/resnet18/batch\(batch)/threads\(threads)",
    peerTask: PeerTask(
      peers: ["pytorch"], name: "network-training",
      parameters: ["name": "resnet18", "batch": batch, "side": side, "threads": threads])
  ) {
    var random = SeededRandom(seed: 1)
    var network = ResNet18(random: &random)
    var gradients = network.zeros()
    var optimizer = Optimizer(.descent(momentum: 0.9))
    let images = Tensor(uniform: [batch, side, side, 3], bound: 1, random: &random)
    let targets = (0..<batch).map { _ in Int.random(in: 0..<1000, using: &random) }
    // 1.8 billion multiplications and additions at 224 × 224; the first layer needs no gradient of
    // its input.
    return Benchmark.Work(operations: 6 * 1.814e9 * Double(batch * side * side) / (224 * 224)) {
      gradients.reset()
      _ = network.differentiate(images, targets, gradients: &gradients, threads: threads)
      optimizer.update(&network, gradients, rate: 0.01, threads: threads)
    }
  }
}

/// A convolution with batch normalisation.
private struct Layer: Trainable {
  var convolution: Convolution2d
  var normalization: BatchNormalization2d

  init(_ inputs: Int, _ outputs: Int, _ window: Window, random: inout SeededRandom) {
    convolution = Convolution2d(
      inputs: inputs, outputs: outputs, window: window, bias: false, random: &random)
    normalization = BatchNormalization2d(channels: outputs)
  }

  mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("convolution", &convolution)
    visit("normalization", &normalization)
  }

  mutating func forward(
    _ input: Tensor, residual: Tensor? = nil, activation: Activation, threads: Int
  ) -> BatchNormalizationTrace {
    normalization.forward(
      convolution(input, threads: threads), residual: residual, activation: activation,
      threads: threads)
  }

  /// The gradients of the input, unless skipped, and of the residual.
  func backward(
    _ trace: BatchNormalizationTrace, _ slope: Tensor, input: Tensor, gradients: inout Layer,
    threads: Int
  ) -> (input: Tensor, residual: Tensor) {
    let found = normalization.backward(
      trace, slope, gradients: &gradients.normalization, threads: threads)
    let inputGradient = convolution.backward(
      found.input, input: input, gradients: &gradients.convolution, threads: threads)
    return (inputGradient, found.residual)
  }
}

/// Two convolutions around which the input goes, too.
private struct Block: Trainable {
  var first: Layer
  var second: Layer
  var shortcut: Layer?

  init(_ inputs: Int, _ outputs: Int, stride: Int, random: inout SeededRandom) {
    first = Layer(inputs, outputs, Window(3, stride: stride, padding: 1), random: &random)
    second = Layer(outputs, outputs, Window(3, padding: 1), random: &random)
    shortcut =
      inputs == outputs
      ? nil : Layer(inputs, outputs, Window(1, stride: stride), random: &random)
  }

  mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("first", &first)
    visit("second", &second)
    visit("shortcut", &shortcut)
  }

  struct Trace {
    let input: Tensor
    let first: BatchNormalizationTrace
    let second: BatchNormalizationTrace
    let shortcut: BatchNormalizationTrace?
  }

  mutating func forward(_ input: Tensor, threads: Int) -> Trace {
    let inner = first.forward(input, activation: .relu, threads: threads)
    let around = shortcut?.forward(input, activation: .none, threads: threads)
    let outer = second.forward(
      inner.output, residual: around?.output ?? input, activation: .relu, threads: threads)
    return Trace(input: input, first: inner, second: outer, shortcut: around)
  }

  func backward(
    _ trace: Trace, _ slope: Tensor, gradients: inout Block, threads: Int
  ) -> Tensor {
    let outer = second.backward(
      trace.second, slope, input: trace.first.output, gradients: &gradients.second,
      threads: threads)
    var input = first.backward(
      trace.first, outer.input, input: trace.input, gradients: &gradients.first,
      threads: threads
    ).input
    var around = outer.residual
    if let shortcut, let shortcutTrace = trace.shortcut, var sum = gradients.shortcut {
      around =
        shortcut.backward(
          shortcutTrace, outer.residual, input: trace.input, gradients: &sum, threads: threads
        ).input
      gradients.shortcut = sum
    }
    TrainingMath.add(
      around.elements, count: input.shape.count, into: &input.elements, threads: threads)
    return input
  }
}

private struct ResNet18: Trainable {
  var stem: Layer
  var blocks: [Block]
  var output: Linear

  init(random: inout SeededRandom) {
    stem = Layer(3, 64, Window(7, stride: 2, padding: 3), random: &random)
    blocks = []
    for (inputs, outputs) in [(64, 64), (64, 128), (128, 256), (256, 512)] {
      blocks.append(
        Block(inputs, outputs, stride: inputs == outputs ? 1 : 2, random: &random))
      blocks.append(Block(outputs, outputs, stride: 1, random: &random))
    }
    output = Linear(inputs: 512, outputs: 1000, random: &random)
  }

  mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("stem", &stem)
    visit("blocks", &blocks)
    visit("output", &output)
  }

  mutating func differentiate(
    _ images: Tensor, _ targets: [Int], gradients: inout ResNet18, threads: Int
  ) -> Double {
    let start = stem.forward(images, activation: .relu, threads: threads)
    let pooling = MaxPooling2d(Window(3, stride: 2, padding: 1))
    let pooled = pooling(start.output, threads: threads)
    var traces: [Block.Trace] = []
    var x = pooled
    for index in blocks.indices {
      traces.append(blocks[index].forward(x, threads: threads))
      x = traces[index].second.output
    }
    let mean = AdaptiveAveragePooling2d()
    let features = mean(x, threads: threads).reshaped([images.shape[0], 512])
    let (loss, slope) = SoftmaxCrossEntropy()(
      features, through: output, targets: targets, gradients: &gradients.output, threads: threads)
    var gradient = mean.backward(
      slope.reshaped([images.shape[0], 1, 1, 512]), inputShape: x.shape, threads: threads)
    for index in blocks.indices.reversed() {
      gradient = blocks[index].backward(
        traces[index], gradient, gradients: &gradients.blocks[index], threads: threads)
    }
    let stemGradient = stem.normalization.backward(
      start, pooling.backward(gradient, input: start.output, threads: threads),
      gradients: &gradients.stem.normalization, threads: threads)
    stem.convolution.addGradients(
      stemGradient.input, input: images, to: &gradients.stem.convolution, threads: threads)
    return loss
  }
}
