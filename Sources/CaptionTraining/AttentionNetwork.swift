package import Captioning
package import NeuralNet
package import Tensors

/// Show, Attend and Tell in training; see `AttentionDecoder`, which runs it.
package struct AttentionNetwork: DecoderNetwork {
  package var embedding: Embedding
  package var output: Linear
  /// With ReLU before everything else that reads the regions; nil for none.
  private var regionEmbedding: Linear?
  private var recurrence: AttentionLSTM
  private var initialHidden: Linear?
  private var initialCell: Linear?

  package init(
    _ configuration: DecoderConfiguration, channels: Int, vocabularySize: Int,
    random: inout SeededRandom
  ) {
    let hidden = configuration.hidden
    let regions = configuration.regionEmbedding ?? channels
    regionEmbedding = configuration.regionEmbedding.map {
      Linear(inputs: channels, outputs: $0, random: &random)
    }
    embedding = Embedding(tokens: vocabularySize, size: configuration.embedding, random: &random)
    output = Linear(inputs: hidden, outputs: vocabularySize, random: &random)
    recurrence = AttentionLSTM(
      attention: AdditiveAttention(
        channels: regions, hidden: hidden, size: configuration.attention,
        activation: configuration.attentionActivation, random: &random),
      contextGate: configuration.gate
        ? Linear(inputs: hidden, outputs: regions, random: &random) : nil,
      cell: LSTMCell(
        inputs: configuration.embedding + regions, hidden: hidden, forgetBias: 1, random: &random))
    guard configuration.initialState == .mean else { return }
    initialHidden = Linear(inputs: regions, outputs: hidden, random: &random)
    initialCell = Linear(inputs: regions, outputs: hidden, random: &random)
  }

  package init(
    _ configuration: DecoderConfiguration, channels: Int, vocabularySize: Int,
    weights: WeightReader
  ) throws {
    let hidden = configuration.hidden
    let regions = configuration.regionEmbedding ?? channels
    regionEmbedding = try configuration.regionEmbedding.map {
      try Linear(weights["region_embedding"], inputs: channels, outputs: $0)
    }
    embedding = try Embedding(
      weights["embedding"], tokens: vocabularySize, size: configuration.embedding)
    output = try Linear(weights["fc"], inputs: hidden, outputs: vocabularySize)
    recurrence = AttentionLSTM(
      attention: try AdditiveAttention(
        weights["attention"], channels: regions, hidden: hidden, size: configuration.attention,
        activation: configuration.attentionActivation),
      contextGate: configuration.gate
        ? try Linear(weights["f_beta"], inputs: hidden, outputs: regions) : nil,
      cell: try LSTMCell(
        weights["decode_step"], inputs: configuration.embedding + regions, hidden: hidden,
        gateOrder: configuration.gateOrder, biases: configuration.biases,
        forgetBias: configuration.forgetBias))
    guard configuration.initialState == .mean else { return }
    initialHidden = try Linear(weights["init_h"], inputs: regions, outputs: hidden)
    initialCell = try Linear(weights["init_c"], inputs: regions, outputs: hidden)
  }

  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("region_embedding", &regionEmbedding)
    visit("embedding", &embedding)
    recurrence.visitParameters(visit)
    visit("init_h", &initialHidden)
    visit("init_c", &initialCell)
    visit("fc", &output)
  }

  package struct Trace: DecoderTrace {
    fileprivate let recurrence: AttentionLSTM.Trace
    /// What is attended to, `[images, regions, size]`.
    fileprivate let regions: Tensor
    /// `[images, size]`
    fileprivate let means: Tensor
    package var output: Tensor { recurrence.output }
    package var weights: Tensor? { recurrence.weights }
  }

  package func forward(_ words: Tensor, _ batch: CaptionBatch, threads: Int) -> Trace {
    let regions = embedded(batch.regions, threads: threads)
    let means = Self.means(of: regions)
    return Trace(
      recurrence: recurrence.forward(
        words, batch.layout, regions: regions, images: batch.images,
        initial: initialState(means, batch.images, threads: threads), threads: threads),
      regions: regions, means: means)
  }

  /// What is attended to of images' regions.
  private func embedded(_ regions: Tensor, threads: Int) -> Tensor {
    guard let regionEmbedding else { return regions }
    let rows = regionEmbedding(Self.rows(of: regions), threads: threads)
    return ActivationFunction.relu(rows)
      .reshaped([regions.shape[0], regions.shape[1], regionEmbedding.outputs])
  }

  /// `[images · regions, channels]`
  private static func rows(of regions: Tensor) -> Tensor {
    regions.reshaped([regions.shape[0] * regions.shape[1], regions.shape[2]])
  }

  package func step(
    _ words: Tensor, _ batch: CaptionBatch, after state: LSTMState?, threads: Int
  ) -> LSTMState {
    let images = batch.layout.order.prefix(words.shape[0]).map { batch.images[$0] }
    let regions = embedded(batch.regions, threads: threads)
    return recurrence.forward(
      words, SequenceLayout(sequences: images.count, steps: 1), regions: regions,
      images: images,
      initial: state ?? initialState(Self.means(of: regions), images, threads: threads),
      threads: threads
    ).final
  }

  /// - Parameters:
  ///   - means: of all images' regions.
  ///   - images: by caption.
  private func initialState(_ means: Tensor, _ images: [Int], threads: Int) -> LSTMState {
    let zeros = Tensor([images.count, recurrence.hidden])
    func initial(_ layer: Linear?) -> Tensor {
      layer.map { $0(means, threads: threads).rows(images) } ?? zeros
    }
    return LSTMState(hidden: initial(initialHidden), cell: initial(initialCell))
  }

  package func backward(
    _ trace: Trace, _ batch: CaptionBatch, outputGradient: Tensor, weightGradient: Tensor?,
    learnsRegions: Bool, gradients: inout AttentionNetwork, threads: Int
  ) -> (words: Tensor, regions: Tensor?) {
    let learnsContext = learnsRegions || regionEmbedding != nil
    let found = recurrence.backward(
      trace.recurrence, outputGradient, weightGradient: weightGradient,
      gradients: &gradients.recurrence, skipsRegions: !learnsContext, threads: threads)
    var means = Tensor(trace.means.shape)
    func addInitial(_ layer: Linear?, _ gradient: Tensor, to gradients: inout Linear?) {
      guard let layer else { return }
      let sums = gradient.sums(ofRows: batch.images, count: batch.regions.shape[0])
      gradients.changeInPlace {
        layer.addGradients(sums, input: trace.means, to: &$0, threads: threads)
      }
      guard learnsContext else { return }
      let slope = sums.matmul(layer.weight, threads: threads)
      for index in slope.elements.indices { means.elements[index] += slope.elements[index] }
    }
    addInitial(initialHidden, found.initial.hidden, to: &gradients.initialHidden)
    addInitial(initialCell, found.initial.cell, to: &gradients.initialCell)
    guard learnsContext else { return (found.words, nil) }
    let context = Self.spread(means, over: found.regions)
    guard let regionEmbedding else { return (found.words, context) }
    let slope = Self.rows(
      of: ActivationFunction.relu.backward(context, output: trace.regions))
    gradients.regionEmbedding.changeInPlace {
      regionEmbedding.addGradients(
        slope, input: Self.rows(of: batch.regions), to: &$0, threads: threads)
    }
    guard learnsRegions else { return (found.words, nil) }
    return (
      found.words,
      slope.matmul(regionEmbedding.weight, threads: threads).reshaped(batch.regions.shape)
    )
  }

  /// Adds to each image's regions their share of the gradient of their mean.
  private static func spread(_ means: Tensor, over regions: Tensor) -> Tensor {
    let (count, channels) = (regions.shape[1], regions.shape[2])
    var result = regions
    let share = 1 / Float(count)
    result.elements.withUnsafeMutableBufferPointer { result in
      for image in 0..<regions.shape[0] {
        for region in 0..<count {
          let row = (image * count + region) * channels
          for channel in 0..<channels {
            result[row + channel] += share * means.elements[image * channels + channel]
          }
        }
      }
    }
    return result
  }

  /// The mean of each image's regions.
  private static func means(of regions: Tensor) -> Tensor {
    let (images, count, channels) = (regions.shape[0], regions.shape[1], regions.shape[2])
    let weights = [Float](repeating: 1 / Float(count), count: count)
    return Tensor(uninitialized: [images, channels]) { means in
      regions.elements.withUnsafeBufferPointer { regions in
        guard let regions = regions.baseAddress else { return }
        for image in 0..<images {
          VectorMath.weightedSum(
            values: regions + image * count * channels, rows: count, size: channels,
            weights: weights, into: means + image * channels)
        }
      }
    }
  }
}
