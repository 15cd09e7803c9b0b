package import NeuralNet
package import Tensors

/// Words in, recurrent states out: what a classifier and a language model have in common.
///
/// Checkpoint keys: `embedding`, `lstm.0` and so on.
package struct TextEncoder: Trainable {
  package var embedding: WordEmbedding
  package var layers: [RecurrentLayer]

  /// What keeps an encoder in training from learning by heart: probabilities of dropping numbers.
  package struct Regularization: Codable, Equatable, Sendable {
    package var embeddingDropout: Float
    package var stateDropout: Float

    package init(embedding: Float, states: Float) {
      embeddingDropout = embedding
      stateDropout = states
    }
  }

  /// What the forward pass computed, as the way back needs it.
  package struct Trace: Sendable {
    /// The last layer's states, after dropout, `[layout.rows, size]`.
    package let states: Tensor
    fileprivate let batch: WordBatch
    fileprivate let traces: [RecurrentLayer.Trace]
    /// The dropouts, each with the random state that it began with: of the embeddings, and of each
    /// layer's states.
    fileprivate let dropouts: [(dropout: Dropout, random: SeededRandom)]
  }

  package init(_ configuration: TextNetworkConfiguration, words: Int, random: inout SeededRandom) {
    embedding = WordEmbedding(
      words: words, buckets: configuration.buckets, size: configuration.embedding, random: &random)
    layers = []
    var inputs = configuration.embedding
    for _ in 0..<configuration.layers {
      let layer = RecurrentLayer(
        inputs: inputs, hidden: configuration.hidden,
        isBidirectional: configuration.isBidirectional, random: &random)
      inputs = layer.outputs
      layers.append(layer)
    }
  }

  /// - Throws: `WeightError`.
  package init(
    _ weights: WeightReader, _ configuration: TextNetworkConfiguration, words: Int
  ) throws {
    embedding = try WordEmbedding(
      weights["embedding"], words: words, buckets: configuration.buckets,
      size: configuration.embedding)
    layers = try configuration.recurrentLayers(weights["lstm"])
  }

  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("embedding", &embedding)
    visit("lstm", &layers)
  }

  /// - Parameters:
  ///   - batch: the words in the order of the layout's rows.
  package func callAsFunction(
    _ batch: WordBatch, _ layout: SequenceLayout, regularization: Regularization,
    random: inout SeededRandom, threads: Int = 1
  ) -> Trace {
    var dropouts: [(dropout: Dropout, random: SeededRandom)] = []
    func drop(_ input: Tensor, _ probability: Float) -> Tensor {
      let dropout = Dropout(probability)
      dropouts.append((dropout, random))
      return probability > 0 ? dropout(input, random: &random, threads: threads) : input
    }
    var rows = drop(embedding(batch), regularization.embeddingDropout)
    var traces: [RecurrentLayer.Trace] = []
    for layer in layers {
      let trace = layer(rows, layout, threads: threads)
      traces.append(trace)
      rows = drop(trace.output, regularization.stateDropout)
    }
    return Trace(states: rows, batch: batch, traces: traces, dropouts: dropouts)
  }

  /// - Parameters:
  ///   - stateGradient: of the loss with respect to `trace.states`.
  ///   - gradients: receives the sum of what it holds and the gradients of the parameters.
  package func backward(
    _ trace: Trace, _ stateGradient: Tensor, gradients: inout TextEncoder, threads: Int = 1
  ) {
    func undrop(_ gradient: Tensor, _ index: Int) -> Tensor {
      let (dropout, random) = trace.dropouts[index]
      return dropout.probability > 0
        ? dropout.backward(gradient, random: random, threads: threads) : gradient
    }
    var gradient = stateGradient
    for index in layers.indices.reversed() {
      gradient = layers[index].backward(
        trace.traces[index], undrop(gradient, index + 1), gradients: &gradients.layers[index],
        threads: threads)
    }
    embedding.backward(undrop(gradient, 0), trace.batch, gradients: &gradients.embedding)
  }
}

/// A recurrent classifier of texts.
///
/// Checkpoint keys: those of the encoder, and `head`.
package struct TextNetwork: Trainable {
  package var encoder: TextEncoder
  package var head: ClassificationHead

  package init(
    encoder: TextEncoder, _ configuration: TextNetworkConfiguration, classes: Int,
    random: inout SeededRandom
  ) {
    self.encoder = encoder
    head = ClassificationHead(configuration, classes: classes, random: &random)
  }

  /// - Throws: `WeightError`.
  package init(
    _ weights: WeightReader, _ configuration: TextNetworkConfiguration, words: Int, classes: Int
  ) throws {
    encoder = try TextEncoder(weights, configuration, words: words)
    head = try ClassificationHead(weights["head"], configuration, classes: classes)
  }

  package mutating func visitParameters(_ visit: ParameterVisitor) {
    encoder.visitParameters(visit)
    visit("head", &head)
  }
}

extension TextNetworkConfiguration {
  /// The layers of a network of these sizes.
  ///
  /// - Throws: `WeightError`.
  func recurrentLayers(_ weights: WeightReader) throws -> [RecurrentLayer] {
    var inputs = embedding
    return try (0..<layers).map { index in
      let layer = try RecurrentLayer(
        weights[index], inputs: inputs, hidden: hidden, isBidirectional: isBidirectional)
      inputs = layer.outputs
      return layer
    }
  }
}
