package import NeuralNet
package import Tensors

/// A text encoder arranged for reading, without a way back.
package struct PackedTextEncoder: Sendable {
  private let embedding: WordEmbedding
  private let layers: [(forward: LSTMReader, reverse: LSTMReader?)]

  package init(_ encoder: TextEncoder) {
    embedding = encoder.embedding
    layers = encoder.layers.map { (LSTMReader($0.forward), $0.reverse.map { LSTMReader($0) }) }
  }

  /// The last layer's states.
  ///
  /// - Parameter batch: the words in the order of the layout's rows.
  /// - Returns: `[layout.rows, size]`
  package func states(_ batch: WordBatch, _ layout: SequenceLayout) -> Tensor {
    let (words, first) = batch.distinct()
    var places = first
    var table = embedding(words)
    for layer in layers {
      table = states(layer, table, places, layout)
      places = (0..<Int32(layout.rows)).map { $0 }
    }
    return table
  }

  private func states(
    _ layer: (forward: LSTMReader, reverse: LSTMReader?), _ table: Tensor, _ places: [Int32],
    _ layout: SequenceLayout
  ) -> Tensor {
    let size = layer.forward.hidden + (layer.reverse?.hidden ?? 0)
    return Tensor(uninitialized: [layout.rows, size]) { output in
      layer.forward(
        table, places: places, layout, direction: .forward, into: output, stride: size)
      layer.reverse?(
        table, places: places, layout, direction: .reverse, into: output + layer.forward.hidden,
        stride: size)
    }
  }
}

extension WordBatch {
  /// Each word once, and for each row the place of its word among them.
  fileprivate func distinct() -> (words: WordBatch, places: [Int32]) {
    var known: [Int32: Int32] = [:]
    var words: [Int32] = []
    let places = tokens.map { token in
      if let place = known[token] { return place }
      let place = Int32(words.count)
      known[token] = place
      words.append(token)
      return place
    }
    return (WordBatch(tokens: words, pieces: pieces), places)
  }
}
