package import NeuralNet
package import Tensors

/// A text encoder arranged for reading, without a way back.
package struct PackedTextEncoder: Sendable {
  private let words: StoredMatrix
  private let pieces: StoredMatrix
  private let layers: [(forward: LSTMReader, reverse: LSTMReader?)]

  package init(_ encoder: TextEncoder) {
    self.init(
      words: StoredMatrix(encoder.embedding.words.weight),
      pieces: StoredMatrix(encoder.embedding.pieces.weight), encoder.layers)
  }

  /// An encoder whose vectors stay in the file until a text has the word.
  ///
  /// - Throws: `WeightError`.
  package init(_ file: SafetensorsFile, _ configuration: TextNetworkConfiguration, words: Int)
    throws
  {
    let size = configuration.embedding
    self.init(
      words: try file.matrix("embedding.words.weight", rows: words, columns: size),
      pieces: try file.matrix(
        "embedding.pieces.weight", rows: configuration.buckets, columns: size),
      try configuration.recurrentLayers(WeightReader(file)["lstm"]))
  }

  private init(words: StoredMatrix, pieces: StoredMatrix, _ layers: [RecurrentLayer]) {
    self.words = words
    self.pieces = pieces
    self.layers = layers.map { (LSTMReader($0.forward), $0.reverse.map { LSTMReader($0) }) }
  }

  /// The last layer's states.
  ///
  /// - Parameter batch: the words in the order of the layout's rows.
  /// - Returns: `[layout.rows, size]`
  package func states(_ batch: WordBatch, _ layout: SequenceLayout) -> Tensor {
    let (words, first) = batch.distinct()
    var places = first
    var table = words.vectors(
      size: self.words.columns, word: self.words.copyRow, piece: pieces.copyRow)
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
