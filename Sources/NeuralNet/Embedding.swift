package import Tensors

/// A table with one row of numbers for every token.
///
/// Checkpoint key: `weight`.
package struct Embedding: Sendable {
  /// `[tokens, size]`
  package var weight: Tensor
  /// Of an embedding that holds gradients: the rows that may differ from zero. Set to nil, it makes
  /// every step pass over the whole table, as it must where another layer shares the weight.
  package var touched: TouchedRows?

  package var tokens: Int { weight.shape[0] }
  package var size: Int { weight.shape[1] }

  /// - Precondition: `weight` is `[tokens, size]`.
  package init(weight: Tensor) {
    precondition(weight.shape.rank == 2, "embedding of weight \(weight.shape)")
    self.weight = weight
  }

  /// - Throws: `WeightError` if the table is missing or has another shape.
  package init(_ weights: WeightReader, tokens: Int, size: Int) throws {
    self.init(weight: try weights.tensor("weight", [tokens, size]))
  }

  /// Random rows, uniform within ±0.1, as in the decoders of Show and Tell (arXiv 1411.4555)
  /// implementations.
  package init(tokens: Int, size: Int, random: inout SeededRandom) {
    self.init(weight: Tensor(uniform: [tokens, size], bound: 0.1, random: &random))
  }

  /// - Parameter ids: tokens, `[rows]`.
  /// - Returns: `[rows, size]`.
  /// - Precondition: every id is in `0..<tokens`.
  package func callAsFunction(_ ids: [Int]) -> Tensor {
    var output = Tensor([ids.count, size])
    output.elements.withUnsafeMutableBufferPointer { output in
      guard let to = output.baseAddress else { return }
      for (row, id) in ids.enumerated() { copyRow(id, to: to + row * size) }
    }
    return output
  }

  /// Writes the `size` numbers of one token.
  ///
  /// - Precondition: `id` is in `0..<tokens`.
  package func copyRow(_ id: Int, to destination: UnsafeMutablePointer<Float>) {
    precondition(id >= 0 && id < tokens, "token \(id) of an embedding \(weight.shape)")
    weight.elements.withUnsafeBufferPointer { table in
      guard let base = table.baseAddress else { return }
      destination.update(from: base + id * size, count: size)
    }
  }
}

extension Embedding: Trainable {
  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("weight", &weight, touched: &touched)
  }

  /// - Parameters:
  ///   - outputGradient: `[rows, size]`
  ///   - ids: tokens, `[rows]`, as in the call.
  ///   - gradients: receives the sum of what it holds and the gradient of the table.
  package func backward(_ outputGradient: Tensor, ids: [Int], gradients: inout Embedding) {
    precondition(
      outputGradient.shape == [ids.count, size] && gradients.weight.shape == weight.shape
        && ids.allSatisfy { $0 >= 0 && $0 < tokens },
      "embedding \(weight.shape), gradient \(outputGradient.shape) of \(ids.count) tokens")
    let size = size
    gradients.weight.elements.withUnsafeMutableBufferPointer { table in
      outputGradient.elements.withUnsafeBufferPointer { rows in
        guard let table = table.baseAddress, let rows = rows.baseAddress else { return }
        for (row, id) in ids.enumerated() {
          TrainingMath.add(rows + row * size, count: size, into: table + id * size)
        }
      }
    }
    for id in ids { gradients.touched?.insert(id) }
  }
}
