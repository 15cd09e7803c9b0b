package import Captioning
package import NeuralNet
package import Tensors

/// Show and Tell in training; see `ShowAndTellDecoder`, which runs it.
package struct ShowAndTellNetwork: DecoderNetwork {
  package var embedding: Embedding
  package var output: Linear
  private var imageEmbedding: Linear
  private var cell: LSTMCell

  package init(
    _ configuration: DecoderConfiguration, channels: Int, vocabularySize: Int,
    random: inout SeededRandom
  ) {
    embedding = Embedding(tokens: vocabularySize, size: configuration.embedding, random: &random)
    output = Linear(inputs: configuration.hidden, outputs: vocabularySize, random: &random)
    imageEmbedding = Linear(
      inputs: channels, outputs: configuration.embedding, bias: configuration.imageBias,
      random: &random)
    cell = LSTMCell(
      inputs: configuration.embedding, hidden: configuration.hidden, forgetBias: 1, random: &random)
  }

  package init(
    _ configuration: DecoderConfiguration, channels: Int, vocabularySize: Int,
    weights: WeightReader
  ) throws {
    embedding = try Embedding(
      weights["embedding"], tokens: vocabularySize, size: configuration.embedding)
    output = try Linear(weights["fc"], inputs: configuration.hidden, outputs: vocabularySize)
    imageEmbedding = try Linear(
      weights["image_embedding"], inputs: channels, outputs: configuration.embedding,
      bias: configuration.imageBias)
    cell = try LSTMCell(
      weights["decode_step"], inputs: configuration.embedding, hidden: configuration.hidden,
      gateOrder: configuration.gateOrder, biases: configuration.biases,
      forgetBias: configuration.forgetBias)
  }

  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("image_embedding", &imageEmbedding)
    visit("embedding", &embedding)
    visit("decode_step", &cell)
    visit("fc", &output)
  }

  package struct Trace: DecoderTrace {
    fileprivate let recurrence: LSTMTrace
    package let output: Tensor
    package var weights: Tensor? { nil }
  }

  /// The image is a step before the first word: its rows stand before all others.
  package func forward(_ words: Tensor, _ batch: CaptionBatch, threads: Int) -> Trace {
    let layout = batch.layout
    let images = imageEmbedding(Self.embeddings(batch), threads: threads)
      .rows(layout.order.map { batch.images[$0] })
    let trace = cell.forward(
      Tensor(
        [layout.sequences + layout.rows, embedding.size], images.elements + words.elements),
      SequenceLayout(lengths: layout.lengths.map { $0 + 1 }), threads: threads)
    return Trace(
      recurrence: trace,
      output: Tensor(
        [layout.rows, cell.hidden],
        Array(trace.output.elements.dropFirst(layout.sequences * cell.hidden))))
  }

  package func step(
    _ words: Tensor, _ batch: CaptionBatch, after state: LSTMState?, threads: Int
  ) -> LSTMState {
    let layout = SequenceLayout(sequences: words.shape[0], steps: 1)
    func before() -> LSTMState {
      let images = imageEmbedding(Self.embeddings(batch), threads: threads)
        .rows(batch.layout.order.prefix(layout.sequences).map { batch.images[$0] })
      return cell.forward(images, layout, threads: threads).final
    }
    return cell.forward(words, layout, initial: state ?? before(), threads: threads).final
  }

  package func backward(
    _ trace: Trace, _ batch: CaptionBatch, outputGradient: Tensor, weightGradient: Tensor?,
    learnsRegions: Bool, gradients: inout ShowAndTellNetwork, threads: Int
  ) -> (words: Tensor, regions: Tensor?) {
    let layout = batch.layout
    // What the image's own step says is asked for by no loss.
    let silence = [Float](repeating: 0, count: layout.sequences * cell.hidden)
    let (input, _) = cell.backward(
      trace.recurrence,
      Tensor([layout.sequences + layout.rows, cell.hidden], silence + outputGradient.elements),
      gradients: &gradients.cell, threads: threads)
    let size = embedding.size
    let images = Tensor(
      [layout.sequences, size], Array(input.elements.prefix(layout.sequences * size)))
    let slope = images.sums(
      ofRows: layout.order.map { batch.images[$0] }, count: batch.regions.shape[0])
    imageEmbedding.addGradients(
      slope, input: Self.embeddings(batch), to: &gradients.imageEmbedding, threads: threads)
    let words = Tensor(
      [layout.rows, size], Array(input.elements.dropFirst(layout.sequences * size)))
    guard learnsRegions else { return (words, nil) }
    return (
      words,
      slope.matmul(imageEmbedding.weight, threads: threads).reshaped(batch.regions.shape)
    )
  }

  /// The images' embeddings, `[images, channels]`.
  private static func embeddings(_ batch: CaptionBatch) -> Tensor {
    precondition(batch.regions.shape[1] == 1, "Show and Tell on regions \(batch.regions.shape)")
    return batch.regions.reshaped([batch.regions.shape[0], batch.regions.shape[2]])
  }
}
