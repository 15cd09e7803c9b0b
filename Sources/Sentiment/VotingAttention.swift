package import NeuralNet
package import Tensors

/// Attention that weighs the votes of all steps of a text: each head h has a score s = u_h · state
/// and a vote v = W_h · state + b_h for each class, and a text's logits are Σ_h Σ_t softmax_t(s) v.
///
/// Since the weights go to votes and not to states, a text's logits are exactly the sum of what its
/// steps say for each class. Several windows
/// of a text share one softmax, so that a long review's telling sentences outweigh the others
/// (attention-based multiple-instance learning: Ilse et al. 2018, arXiv 1802.04712).
///
/// Checkpoint keys: `score.weight` (u) `[heads, size]`, `vote.{weight, bias}` (W, b) `[heads ·
/// classes, size]`.
package struct VotingAttention: Trainable {
  package var score: Linear
  package var vote: Linear

  package var heads: Int { score.outputs }
  package var classes: Int { vote.outputs / max(1, heads) }

  /// What the steps say.
  package struct Votes: Sendable {
    /// `[rows, heads]`
    package var scores: Tensor
    /// `[rows, heads · classes]`
    package var votes: Tensor

    /// Rows of several, in another order.
    ///
    /// - Parameter rows: for each row of the result whose it is, and which there.
    init(_ rows: some Collection<(part: Int, row: Int)>, of parts: [Votes]) {
      scores = Tensor(rows, of: parts.map(\.scores))
      votes = Tensor(rows, of: parts.map(\.votes))
    }

    init(scores: Tensor, votes: Tensor) {
      self.scores = scores
      self.votes = votes
    }
  }

  /// The sums over groups of rows.
  package struct Pooled: Sendable {
    /// `[groups, classes]`
    package let logits: Tensor
    /// The softmax of the scores over each group's rows, `[rows, heads]`.
    package let weights: Tensor
    /// For each row its group.
    fileprivate let groups: [Int]
  }

  /// Normally distributed weights of standard deviation 0.02.
  package init(size: Int, heads: Int, classes: Int, random: inout SeededRandom) {
    score = Linear(
      weight: Tensor(normal: [heads, size], deviation: 0.02, random: &random), bias: nil)
    vote = Linear(
      weight: Tensor(normal: [heads * classes, size], deviation: 0.02, random: &random),
      bias: Tensor([heads * classes]))
  }

  /// - Throws: `WeightError`.
  package init(_ weights: WeightReader, size: Int, heads: Int, classes: Int) throws {
    score = try Linear(weights["score"], inputs: size, outputs: heads, bias: false)
    vote = try Linear(weights["vote"], inputs: size, outputs: heads * classes)
  }

  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("score", &score)
    visit("vote", &vote)
  }

  /// - Parameter states: `[rows, size]`
  package func callAsFunction(_ states: Tensor, threads: Int = 1) -> Votes {
    Votes(scores: score(states, threads: threads), votes: vote(states, threads: threads))
  }

  /// - Parameters:
  ///   - groups: for each row its group; each group has at least one.
  ///   - count: how many groups there are.
  package func pool(_ votes: Votes, groups: [Int], count: Int) -> Pooled {
    let (heads, classes) = (heads, classes)
    precondition(
      votes.scores.shape == [groups.count, heads]
        && votes.votes.shape == [groups.count, heads * classes],
      "votes \(votes.votes.shape), scores \(votes.scores.shape) of \(groups.count) rows")
    let (scores, values) = (votes.scores.elements, votes.votes.elements)
    var largest = [Float](repeating: -.infinity, count: count * heads)
    for (row, group) in groups.enumerated() {
      for head in 0..<heads {
        largest[group * heads + head] = max(
          largest[group * heads + head], scores[row * heads + head])
      }
    }
    var weights = Tensor(votes.scores.shape)
    for (row, group) in groups.enumerated() {
      for head in 0..<heads {
        weights.elements[row * heads + head] =
          scores[row * heads + head] - largest[group * heads + head]
      }
    }
    VectorMath.exp(
      weights.elements, count: weights.elements.count, into: &weights.elements)
    var sums = [Float](repeating: 0, count: count * heads)
    for (row, group) in groups.enumerated() {
      for head in 0..<heads { sums[group * heads + head] += weights.elements[row * heads + head] }
    }
    var logits = Tensor([count, classes])
    for (row, group) in groups.enumerated() {
      for head in 0..<heads {
        let weight = weights.elements[row * heads + head] / sums[group * heads + head]
        weights.elements[row * heads + head] = weight
        for index in 0..<classes {
          logits.elements[group * classes + index] +=
            weight * values[(row * heads + head) * classes + index]
        }
      }
    }
    return Pooled(logits: logits, weights: weights, groups: groups)
  }

  /// How much each row says for each class, `[rows, classes]`: Σ_h weight · vote.
  package func contributions(_ pooled: Pooled, _ votes: Votes) -> Tensor {
    let (heads, classes) = (heads, classes)
    var result = Tensor([pooled.groups.count, classes])
    for row in pooled.groups.indices {
      for head in 0..<heads {
        for index in 0..<classes {
          result.elements[row * classes + index] +=
            pooled.weights.elements[row * heads + head]
            * votes.votes.elements[(row * heads + head) * classes + index]
        }
      }
    }
    return result
  }

  /// The way back of `pool`.
  ///
  /// - Parameters:
  ///   - logitGradient: `[groups, classes]`
  ///   - gradient: receives the sum of what it holds and the gradient of the votes.
  package func poolBackward(
    _ pooled: Pooled, _ votes: Votes, _ logitGradient: Tensor, into gradient: inout Votes
  ) {
    let (heads, classes) = (heads, classes)
    precondition(
      logitGradient.shape == pooled.logits.shape,
      "gradient \(logitGradient.shape) of logits \(pooled.logits.shape)")
    let (values, weights) = (votes.votes.elements, pooled.weights.elements)
    let logits = logitGradient.elements
    // dL/dα of each row and head, and Σ α dL/dα of each group and head.
    var changes = [Float](repeating: 0, count: weights.count)
    var means = [Float](repeating: 0, count: pooled.logits.shape[0] * heads)
    for (row, group) in pooled.groups.enumerated() {
      for head in 0..<heads {
        let place = row * heads + head
        var change: Float = 0
        for index in 0..<classes {
          let gradientOfLogit = logits[group * classes + index]
          change += gradientOfLogit * values[place * classes + index]
          gradient.votes.elements[place * classes + index] += weights[place] * gradientOfLogit
        }
        changes[place] = change
        means[group * heads + head] += weights[place] * change
      }
    }
    for (row, group) in pooled.groups.enumerated() {
      for head in 0..<heads {
        let place = row * heads + head
        gradient.scores.elements[place] +=
          weights[place] * (changes[place] - means[group * heads + head])
      }
    }
  }

  /// The way back of the votes themselves.
  ///
  /// - Parameters:
  ///   - votesGradient: of the loss with respect to the votes.
  ///   - states: `[rows, size]`, as in the call.
  /// - Returns: the gradient of the states.
  package func backward(
    _ votesGradient: Votes, states: Tensor, gradients: inout VotingAttention, threads: Int = 1
  ) -> Tensor {
    var result = score.backward(
      votesGradient.scores, input: states, gradients: &gradients.score, threads: threads)
    let other = vote.backward(
      votesGradient.votes, input: states, gradients: &gradients.vote, threads: threads)
    TrainingMath.add(
      other.elements, count: result.shape.count, into: &result.elements, threads: threads)
    return result
  }
}

extension Tensor {
  /// Rows of several matrices of equally many columns, in another order.
  ///
  /// - Parameter rows: for each row of the result whose it is, and which there.
  init(_ rows: some Collection<(part: Int, row: Int)>, of parts: [Tensor]) {
    let columns = parts.first?.shape[1] ?? 0
    var elements: [Float] = []
    elements.reserveCapacity(rows.count * columns)
    for (part, row) in rows {
      elements += parts[part].elements[row * columns..<(row + 1) * columns]
    }
    self.init([rows.count, columns], elements)
  }
}
