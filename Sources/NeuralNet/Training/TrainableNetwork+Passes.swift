package import Tensors

extension TrainableNetwork {
  /// What a forward pass computed, as the way back needs it.
  package struct Trace: Sendable {
    /// Of every feature map that is an output, or that the way back reads.
    fileprivate var maps: [Tensor?]
    /// Of every feature map that was computed.
    fileprivate var shapes: [Shape?]
    fileprivate var normalizations: [Int: BatchNormalizationTrace] = [:]
    /// The random state before each dropout.
    fileprivate var randoms: [Int: SeededRandom] = [:]

    /// An output, `[batch, height, width, channels]`.
    ///
    /// - Precondition: `map` was among the outputs asked for.
    package func output(_ map: FeatureMap) -> Tensor {
      guard let tensor = maps[map.index] else {
        preconditionFailure("feature map \(map.index) was not computed")
      }
      return tensor
    }
  }

  /// As inference does: batch normalisation with its running statistics, and no dropout.
  ///
  /// - Parameter images: `[batch, channels, height, width]`
  /// - Returns: each of `outputs`, `[batch, height, width, channels]`.
  /// - Throws: `NetworkError` if the network cannot take images of this size.
  package func evaluate(
    _ images: Tensor, outputs: [FeatureMap], threads: Int = 1
  ) throws -> [Tensor] {
    var copy = self
    var random = SeededRandom(seed: 0)
    let trace = try copy.run(
      images, outputs: outputs, learns: learns.map { _ in false }, random: &random,
      threads: threads)
    return outputs.map(trace.output)
  }

  /// The forward pass of training, which moves the running statistics of batch normalisation.
  ///
  /// - Parameters:
  ///   - images: `[batch, channels, height, width]`
  ///   - outputs: what to compute; nothing that these do not need is computed.
  ///   - random: for dropout.
  /// - Throws: `NetworkError` if the network cannot take images of this size.
  package mutating func forward(
    _ images: Tensor, outputs: [FeatureMap], random: inout SeededRandom, threads: Int = 1
  ) throws -> Trace {
    try run(images, outputs: outputs, learns: learns, random: &random, threads: threads)
  }

  /// About how many bytes the trace of a forward pass takes: the feature maps that learn, and once
  /// more what normalisation read; nil where the network cannot take images of this size.
  package func traceByteCount(
    images: Int, height: Int, width: Int, outputs: [FeatureMap]
  ) -> Int? {
    let needed = graph.needed(for: outputs)
    guard let sizes = graph.sizes(height: height, width: width, needed: needed) else { return nil }
    var count = 0
    for index in graph.operations.indices where needed[index] && learns[index] {
      var copies = 1
      if case .convolution = graph.operations[index], let place = places[index],
        convolutions[place].normalizationName != nil
      {
        copies = 2
      }
      count += copies * sizes[index].height * sizes[index].width * graph.channels[index]
    }
    return 4 * images * count
  }

  /// - Parameter learns: which feature maps will get a gradient; the others are computed as in
  ///   inference.
  private mutating func run(
    _ images: Tensor, outputs: [FeatureMap], learns: [Bool], random: inout SeededRandom,
    threads: Int
  ) throws -> Trace {
    precondition(
      images.shape.rank == 4 && images.shape[0] > 0 && images.shape[1] == graph.channels[0],
      "images \(images.shape) for a network of \(graph.channels[0]) channels")
    let operations = graph.operations
    let needed = graph.needed(for: outputs)
    _ = try graph.checkedSizes(
      height: images.shape[2], width: images.shape[3], needed: needed)
    let (kept, lastReads) = lifetimes(outputs, needed: needed, learns: learns)
    var trace = Trace(
      maps: [Tensor?](repeating: nil, count: operations.count),
      shapes: [Shape?](repeating: nil, count: operations.count))
    for (index, operation) in operations.enumerated() where needed[index] {
      func map(_ index: Int) -> Tensor { trace.output(FeatureMap(index: index, channels: 0)) }
      let result: Tensor
      switch operation {
      case .input(let transform): result = images.maps(applying: transform)
      case .convolution(_, let input, let residual):
        let place = places[index] ?? 0
        if learns[index] {
          let (output, normalization) = convolutions[place].forward(
            map(input), residual: residual.map(map), freezesNormalization: freezesNormalization,
            threads: threads)
          trace.normalizations[index] = normalization
          result = output
        } else {
          result = convolutions[place].evaluate(
            map(input), residual: residual.map(map), threads: threads)
        }
      case .maximum(let window, let ceil, let input):
        result = MaxPooling2d(window, ceil: ceil)(map(input), threads: threads)
      case .average(let window, let ceil, let includePadding, let input):
        result = AveragePooling2d(window, ceil: ceil, includePadding: includePadding)(
          map(input), threads: threads)
      case .adaptiveAverage(let height, let width, let input):
        result = AdaptiveAveragePooling2d(height: height, width: width)(
          map(input), threads: threads)
      case .tanh(let input): result = ActivationFunction.tanh(map(input))
      case .dropout(let dropout, let input):
        trace.randoms[index] = random
        result =
          learns[index] ? dropout(map(input), random: &random, threads: threads) : map(input)
      case .concatenation(let inputs): result = concatenated(inputs.map(map))
      case .linear(_, _, _, let activation, let input):
        let output = linears[places[index] ?? 0].linear(map(input).rows(), threads: threads)
        result = (ActivationFunction(activation)?(output) ?? output)
          .reshaped([output.shape[0], 1, 1, output.shape[1]])
      }
      trace.maps[index] = result
      trace.shapes[index] = result.shape
      for input in operation.inputs where lastReads[input] == index && !kept[input] {
        trace.maps[input] = nil
      }
    }
    return trace
  }

  /// Which feature maps outlive the forward pass, and where the others are read last.
  private func lifetimes(
    _ outputs: [FeatureMap], needed: [Bool], learns: [Bool]
  ) -> (kept: [Bool], lastReads: [Int]) {
    var kept = needed.map { _ in false }
    var lastReads = needed.map { _ in -1 }
    for output in outputs { kept[output.index] = true }
    for (index, operation) in graph.operations.enumerated() where needed[index] {
      for input in operation.inputs { lastReads[input] = index }
      guard learns[index] else { continue }
      switch operation {
      case .convolution(let convolution, let input, _):
        kept[input] = true
        if convolution.normalization == nil && convolution.activation != .none {
          kept[index] = true
        }
      case .maximum(_, _, let input): kept[input] = true
      case .tanh: kept[index] = true
      case .linear(_, _, _, let activation, let input):
        kept[input] = true
        if activation != .none { kept[index] = true }
      case .input, .average, .adaptiveAverage, .dropout, .concatenation: break
      }
    }
    return (kept, lastReads)
  }

  /// Backpropagation.
  ///
  /// - Parameters:
  ///   - trace: from `forward`, with the same parameters.
  ///   - outputGradients: of the loss with respect to outputs of `forward`, in their shapes.
  ///   - gradients: receives the sum of what it holds and the gradients of the parameters.
  package func backward(
    _ trace: Trace, _ outputGradients: [FeatureMap: Tensor], gradients: inout TrainableNetwork,
    threads: Int = 1
  ) {
    var pending = PendingGradients(learns: learns, shapes: trace.shapes, threads: threads)
    for (map, gradient) in outputGradients { pending.add(gradient, to: map.index) }
    for (index, operation) in graph.operations.enumerated().reversed() {
      guard let slope = pending.take(index) else { continue }
      func map(_ index: Int) -> Tensor { trace.output(FeatureMap(index: index, channels: 0)) }
      func shape(_ index: Int) -> Shape { trace.shapes[index] ?? [] }
      switch operation {
      case .input: break
      case .convolution(let definition, let input, let residual):
        let place = places[index] ?? 0
        let readsOutput = definition.normalization == nil && definition.activation != .none
        let found = convolutions[place].backward(
          slope, input: map(input), trace: trace.normalizations[index],
          output: readsOutput ? map(index) : nil, skipsInput: !learns[input],
          gradients: &gradients.convolutions[place], threads: threads)
        if let gradient = found.input { pending.add(gradient, to: input) }
        if let residual { pending.add(found.residual, to: residual) }
      case .maximum(let window, let ceil, let input):
        pending.add(
          MaxPooling2d(window, ceil: ceil).backward(slope, input: map(input), threads: threads),
          to: input)
      case .average(let window, let ceil, let includePadding, let input):
        pending.add(
          AveragePooling2d(window, ceil: ceil, includePadding: includePadding).backward(
            slope, inputShape: shape(input), threads: threads), to: input)
      case .adaptiveAverage(let height, let width, let input):
        pending.add(
          AdaptiveAveragePooling2d(height: height, width: width).backward(
            slope, inputShape: shape(input), threads: threads), to: input)
      case .tanh(let input):
        pending.add(ActivationFunction.tanh.backward(slope, output: map(index)), to: input)
      case .dropout(let dropout, let input):
        guard let random = trace.randoms[index] else { break }
        pending.add(dropout.backward(slope, random: random, threads: threads), to: input)
      case .concatenation(let inputs):
        let parts = separated(slope, channels: inputs.map { graph.channels[$0] })
        for (input, part) in zip(inputs, parts) { pending.add(part, to: input) }
      case .linear(_, let height, let width, let activation, let input):
        let place = places[index] ?? 0
        let linear = linears[place].linear
        let rows = [slope.shape[0], linear.outputs] as Shape
        let before = activation.backward(
          slope.reshaped(rows),
          output: activation == .none ? slope.reshaped(rows) : map(index).reshaped(rows),
          threads: threads)
        guard learns[input] else {
          linear.addGradients(
            before, input: map(input).rows(), to: &gradients.linears[place].linear,
            threads: threads)
          break
        }
        let gradient = linear.backward(
          before, input: map(input).rows(), gradients: &gradients.linears[place].linear,
          threads: threads)
        pending.add(
          gradient.reshaped([slope.shape[0], graph.channels[input], height, width]).maps(),
          to: input)
      }
    }
  }
}

/// The gradients of feature maps on the way back, until the last part of each has come.
private struct PendingGradients {
  private let learns: [Bool]
  private let shapes: [Shape?]
  private let threads: Int
  private var sums: [Tensor?]

  init(learns: [Bool], shapes: [Shape?], threads: Int) {
    self.learns = learns
    self.shapes = shapes
    self.threads = threads
    sums = learns.map { _ in nil }
  }

  /// Adds to the gradient of a feature map, if anybody needs it.
  mutating func add(_ gradient: Tensor, to index: Int) {
    precondition(
      gradient.shape == shapes[index],
      "gradient \(gradient.shape) of a map \(shapes[index]?.description ?? "not computed")")
    guard learns[index] else { return }
    guard sums[index] != nil else {
      sums[index] = gradient
      return
    }
    sums[index].changeInPlace { sum in
      TrainingMath.add(
        gradient.elements, count: gradient.shape.count, into: &sum.elements, threads: threads)
    }
  }

  /// The gradient of a feature map, which is forgotten here.
  mutating func take(_ index: Int) -> Tensor? {
    defer { sums[index] = nil }
    return sums[index]
  }
}

extension Tensor {
  /// These images `[batch, channels, height, width]` as feature maps.
  fileprivate func maps(applying transform: ChannelTransform?) -> Tensor {
    guard let transform else { return maps() }
    let shape: Shape = [shape[0], shape[2], shape[3], shape[1]]
    var result = maps()
    result.elements.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      transform.apply(to: Activations(base, shape))
    }
    return result
  }

  /// One row for each of these feature maps, in PyTorch's order: `[batch, channels · height ·
  /// width]`.
  fileprivate func rows() -> Tensor {
    (shape[1] * shape[2] > 1 ? planes() : self)
      .reshaped([shape[0], shape[1] * shape[2] * shape[3]])
  }
}
