internal import Foundation
package import NeuralNet
package import Tensors

/// Words as a network reads them: rows of a table, or the pieces that they are made of.
package struct WordBatch: Sendable {
  /// For each row the id of a known word, or ~i for the word of `pieces[i]`.
  package var tokens: [Int32]
  package var pieces: [[Int32]]

  package init(tokens: [Int32], pieces: [[Int32]]) {
    self.tokens = tokens
    self.pieces = pieces
  }
}

extension WordBatch {
  /// The words' vectors, `[rows, size]`.
  ///
  /// - Parameter word, piece: write the vector of a known word, and of a piece.
  func vectors(
    size: Int, word: (Int, UnsafeMutablePointer<Float>) -> Void,
    piece: (Int, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    var vector = [Float](repeating: 0, count: size)
    return Tensor(uninitialized: [tokens.count, size]) { output in
      for (row, token) in tokens.enumerated() {
        let target = output + row * size
        guard token < 0 else {
          word(Int(token), target)
          continue
        }
        let own = pieces[Int(~token)]
        target.update(repeating: 0, count: size)
        vector.withUnsafeMutableBufferPointer { vector in
          guard let vector = vector.baseAddress else { return }
          for index in own {
            piece(Int(index), vector)
            TrainingMath.add(
              vector, scaledBy: 1 / Float(own.count), count: size, into: target)
          }
        }
      }
    }
  }
}

/// Vectors of words: of known words a table, of all others the mean of their pieces' vectors.
///
/// Checkpoint keys: `words.weight` `[words, size]`, `pieces.weight` `[buckets, size]`.
package struct WordEmbedding: Trainable {
  package var words: Embedding
  package var pieces: Embedding

  package var size: Int { words.size }

  /// Normally distributed vectors of standard deviation 0.1.
  package init(words: Int, buckets: Int, size: Int, random: inout SeededRandom) {
    self.words = Embedding(
      weight: Tensor(normal: [words, size], deviation: 0.1, random: &random))
    pieces = Embedding(
      weight: Tensor(normal: [buckets, size], deviation: 0.1, random: &random))
  }

  /// - Throws: `WeightError`.
  package init(_ weights: WeightReader, words: Int, buckets: Int, size: Int) throws {
    self.words = try Embedding(weights["words"], tokens: words, size: size)
    pieces = try Embedding(weights["pieces"], tokens: buckets, size: size)
  }

  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("words", &words)
    visit("pieces", &pieces)
  }

  /// - Returns: `[rows, size]`
  /// - Precondition: ids and buckets are those of the tables.
  package func callAsFunction(_ batch: WordBatch) -> Tensor {
    batch.vectors(size: size, word: words.copyRow, piece: pieces.copyRow)
  }

  /// - Parameters:
  ///   - outputGradient: `[rows, size]`
  ///   - gradients: receives the sum of what it holds and the gradients of the tables.
  package func backward(
    _ outputGradient: Tensor, _ batch: WordBatch, gradients: inout WordEmbedding
  ) {
    precondition(
      outputGradient.shape == [batch.tokens.count, size],
      "gradient \(outputGradient.shape) of \(batch.tokens.count) words of \(size) numbers")
    let size = size
    outputGradient.elements.withUnsafeBufferPointer { rows in
      guard let rows = rows.baseAddress else { return }
      gradients.words.add { table, touch in
        for (row, token) in batch.tokens.enumerated() where token >= 0 {
          TrainingMath.add(rows + row * size, count: size, into: table + Int(token) * size)
          touch(Int(token))
        }
      }
      gradients.pieces.add { table, touch in
        for (row, token) in batch.tokens.enumerated() where token < 0 {
          let own = batch.pieces[Int(~token)]
          for piece in own {
            TrainingMath.add(
              rows + row * size, scaledBy: 1 / Float(own.count), count: size,
              into: table + Int(piece) * size)
            touch(Int(piece))
          }
        }
      }
    }
  }
}

extension Embedding {
  /// Adds to rows of a table of gradients, and notes which.
  fileprivate mutating func add(
    _ body: (_ table: UnsafeMutablePointer<Float>, _ touch: (Int) -> Void) -> Void
  ) {
    var touched = touched
    self.touched = nil
    weight.elements.withUnsafeMutableBufferPointer { table in
      guard let table = table.baseAddress else { return }
      body(table) { touched?.insert($0) }
    }
    self.touched = touched
  }
}

extension Tensor {
  /// Normally distributed elements with mean 0 (Box, Muller 1958).
  package init(normal shape: Shape, deviation: Float, random: inout SeededRandom) {
    self.init(
      shape,
      (0..<shape.count).map { _ in
        let radius = (-2 * log(1 - random.uniform())).squareRoot()
        return deviation * radius * cos(2 * .pi * random.uniform())
      })
  }
}
