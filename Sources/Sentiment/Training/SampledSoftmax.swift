internal import Foundation
package import NeuralNet
package import Tensors

/// The loss of a language model over a large vocabulary, against a few words drawn at random instead
/// of all of them (Jean et al. 2015, arXiv 1412.2007; Mikolov et al. 2013, arXiv 1310.4546, for the
/// distribution): words are drawn in proportion to count^0.75, and the logarithm of how often a word
/// is expected among the drawn is taken off its logit. Drawn words that are the target do not count.
///
/// The logits are products with the vectors of the words themselves: input and output share a table
/// (Press, Wolf 2017, arXiv 1608.05859).
package struct SampledSoftmax: Sendable {
  /// How many words are drawn.
  private let negatives: Int
  /// log(q · negatives), by word.
  private let logExpected: [Float]
  /// Sums of q up to and with each word.
  private let cumulative: [Double]

  /// The logit of a drawn word that is the target.
  private static let excluded: Float = -1e4

  /// - Parameter counts: how often each word occurs; words of count 0 are never drawn.
  /// - Precondition: some count is above 0.
  package init(counts: [Int], negatives: Int) {
    let powers = counts.map { pow(Double($0), 0.75) }
    let sum = powers.reduce(0, +)
    precondition(sum > 0 && negatives > 0, "\(negatives) drawn from no words")
    self.negatives = negatives
    logExpected = powers.map { Float(log($0 / sum * Double(negatives) + 1e-20)) }
    var total = 0.0
    cumulative = powers.map {
      total += $0 / sum
      return total
    }
  }

  /// Words drawn with replacement.
  package func draw(random: inout SeededRandom) -> [Int] {
    (0..<negatives).map { _ in
      let place = Double(random.uniform())
      var (low, high) = (0, cumulative.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if cumulative[middle] > place { high = middle } else { low = middle + 1 }
      }
      return low
    }
  }

  /// - Parameters:
  ///   - states: `[rows, size]`
  ///   - targets: the right word of each row.
  ///   - drawn: from `draw`.
  ///   - table: `[words, size]`
  ///   - bias: `[words]`
  ///   - weight: what the loss is multiplied by.
  ///   - tableGradient, biasGradient: receive the sum of what they hold and the gradients.
  /// - Returns: the mean of −log probability over the rows, before `weight`, and the gradient of the
  ///   states, `[rows, size]`.
  package func callAsFunction(
    _ states: Tensor, targets: [Int], drawn: [Int], table: Embedding, bias: Tensor, weight: Float,
    tableGradient: inout Embedding, biasGradient: inout Tensor, threads: Int = 1
  ) -> (loss: Double, gradient: Tensor) {
    let (rows, size, count) = (targets.count, table.size, drawn.count)
    precondition(states.shape == [rows, size], "\(rows) targets for states \(states.shape)")
    guard rows > 0 else { return (0, states) }
    // A last row of zeros makes a column in which the logits of the targets then stand.
    var words = table(drawn + [0])
    for index in 0..<size { words.elements[count * size + index] = 0 }
    let offsets = drawn.map { bias.elements[$0] - logExpected[$0] } + [0]
    var logits = states.matmul(
      words, transposed: true, initial: Tensor([count + 1], offsets), threads: threads)
    let wanted = table(targets)
    let scale = weight / Float(rows)
    var losses = [Double](repeating: 0, count: rows)
    let width = count + 1
    logits.elements.withUnsafeMutableBufferPointer { logits in
      losses.withUnsafeMutableBufferPointer { losses in
        guard let base = logits.baseAddress else { return }
        let (base_, losses) = (UncheckedSendable(base), UncheckedSendable(losses))
        let share = 64
        parallelFor((rows + share - 1) / share, threads: threads) { chunk in
          for row in chunk * share..<min(rows, (chunk + 1) * share) {
            let logits = base_.value + row * width
            let target = targets[row]
            for (place, word) in drawn.enumerated() where word == target {
              logits[place] = Self.excluded
            }
            logits[count] =
              Self.dot(states, row, wanted, row) + bias.elements[target] - logExpected[target]
            losses.value[row] = TrainingMath.crossEntropy(
              logits, count: width, target: count, smoothing: 0, scale: scale)
          }
        }
      }
    }
    var gradient = logits.matmul(words, threads: threads)
    var wordGradients = Tensor(words.shape)
    wordGradients.add(transposed: logits, times: states, threads: threads)
    for index in count * size..<width * size { wordGradients.elements[index] = 0 }
    table.backward(wordGradients, ids: drawn + [0], gradients: &tableGradient)
    var targetGradients = Tensor(uninitialized: states.shape) { _ in }
    for row in 0..<rows {
      let own = logits.elements[row * width + count]
      biasGradient.elements[targets[row]] += own
      for index in row * size..<(row + 1) * size {
        gradient.elements[index] += own * wanted.elements[index]
        targetGradients.elements[index] = own * states.elements[index]
      }
    }
    table.backward(targetGradients, ids: targets, gradients: &tableGradient)
    var sums = [Float](repeating: 0, count: width)
    TrainingMath.addRows(logits.elements, rows: rows, columns: width, into: &sums)
    for (place, word) in drawn.enumerated() { biasGradient.elements[word] += sums[place] }
    return (losses.reduce(0, +) / Double(rows), gradient)
  }

  private static func dot(_ a: Tensor, _ i: Int, _ b: Tensor, _ j: Int) -> Float {
    let size = a.shape[1]
    return a.elements.withUnsafeBufferPointer { a in
      b.elements.withUnsafeBufferPointer { b in
        var sum: Float = 0
        for index in 0..<size { sum += a[i * size + index] * b[j * size + index] }
        return sum
      }
    }
  }
}
