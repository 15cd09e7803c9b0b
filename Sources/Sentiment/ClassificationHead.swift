package import NeuralNet
package import Tensors

/// How a classifier makes one answer of the states of many steps.
public enum StatePooling: String, Codable, CaseIterable, Sendable {
  /// Every step votes, and attention weighs the votes.
  case attention
  /// The states after the last step of each direction decide.
  case last
}

/// From the recurrent states of texts to the logits of their classes.
///
/// A text is one or several sequences, the windows of a long one. Where the last states decide, a
/// text's logits are the mean of its windows'.
///
/// Checkpoint keys: `attention`, or `output`.
package struct ClassificationHead: Trainable {
  /// For `StatePooling.attention`.
  private var attention: VotingAttention?
  /// For `StatePooling.last`: `[classes, size]`.
  private var output: Linear?
  /// How many of the states' numbers are of the forward direction.
  private let forwardSize: Int
  package let classes: Int

  package init(
    _ configuration: TextNetworkConfiguration, classes: Int, random: inout SeededRandom
  ) {
    let size = configuration.states
    switch configuration.pooling {
    case .attention:
      attention = VotingAttention(
        size: size, heads: configuration.heads, classes: classes, random: &random)
    case .last: output = Linear(inputs: size, outputs: classes, random: &random)
    }
    forwardSize = configuration.hidden
    self.classes = classes
  }

  /// - Throws: `WeightError`.
  package init(
    _ weights: WeightReader, _ configuration: TextNetworkConfiguration, classes: Int
  ) throws {
    let size = configuration.states
    switch configuration.pooling {
    case .attention:
      attention = try VotingAttention(
        weights["attention"], size: size, heads: configuration.heads, classes: classes)
    case .last: output = try Linear(weights["output"], inputs: size, outputs: classes)
    }
    forwardSize = configuration.hidden
    self.classes = classes
  }

  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("attention", &attention)
    visit("output", &output)
  }

  /// What the head makes of the states, before it sums over texts.
  package enum Opinions: Sendable {
    case votes(VotingAttention.Votes)
    /// Of each sequence its last states `[sequences, size]` and logits `[sequences, classes]`.
    case last(states: Tensor, logits: Tensor)

    /// Whether all of it is finite.
    var areFinite: Bool {
      switch self {
      case .votes(let votes): votes.scores.elements.areFinite && votes.votes.elements.areFinite
      case .last(_, let logits): logits.elements.areFinite
      }
    }

    /// What was made of sequences part by part, put together.
    ///
    /// - Parameters:
    ///   - places: for each sequence of `layout` the part that it is in, and the sequence there.
    ///   - parts: of one head.
    init(
      _ places: [(part: Int, sequence: Int)],
      of parts: [(opinions: Opinions, layout: SequenceLayout)], _ layout: SequenceLayout
    ) {
      var votes: [VotingAttention.Votes] = []
      var (states, logits): ([Tensor], [Tensor]) = ([], [])
      for part in parts {
        switch part.opinions {
        case .votes(let part): votes.append(part)
        case .last(let ends, let answers):
          states.append(ends)
          logits.append(answers)
        }
      }
      guard !votes.isEmpty else {
        let rows = places.map { (part: $0.part, row: $0.sequence) }
        self = .last(states: Tensor(rows, of: states), logits: Tensor(rows, of: logits))
        return
      }
      var rows = [(part: Int, row: Int)](repeating: (0, 0), count: layout.rows)
      // Of each part's sequences the place in its layout.
      let placesInParts = parts.map { part in
        part.layout.order.enumerated().reduce(
          into: [Int](repeating: 0, count: part.layout.sequences)
        ) { $0[$1.element] = $1.offset }
      }
      for (place, sequence) in layout.order.enumerated() {
        let (part, there) = places[sequence]
        for step in 0..<layout.lengths[sequence] {
          rows[layout.offsets[step] + place] = (
            part, parts[part].layout.offsets[step] + placesInParts[part][there]
          )
        }
      }
      self = .votes(VotingAttention.Votes(rows, of: votes))
    }
  }

  /// The logits of groups of sequences.
  package struct Answers: Sendable {
    /// `[groups, classes]`
    package let logits: Tensor
    fileprivate let pooled: VotingAttention.Pooled?
    /// For each sequence its group.
    fileprivate let groups: [Int]
  }

  /// - Parameter states: `[layout.rows, size]`
  package func callAsFunction(
    _ states: Tensor, _ layout: SequenceLayout, threads: Int = 1
  ) -> Opinions {
    if let attention { return .votes(attention(states, threads: threads)) }
    guard let output else { preconditionFailure("a head without layers") }
    let last = lastStates(states, layout)
    return .last(states: last, logits: output(last, threads: threads))
  }

  /// - Parameters:
  ///   - groups: for each sequence the text that it belongs to; each text has at least one.
  ///   - count: how many texts there are.
  package func answers(
    _ opinions: Opinions, _ layout: SequenceLayout, groups: [Int], count: Int
  ) -> Answers {
    switch opinions {
    case .votes(let votes):
      guard let attention else { preconditionFailure("votes without attention") }
      let pooled = attention.pool(votes, groups: layout.spread(groups), count: count)
      return Answers(logits: pooled.logits, pooled: pooled, groups: groups)
    case .last(_, let logits):
      var mean = Tensor([count, classes])
      let shares = Self.shares(groups, count)
      for (sequence, group) in groups.enumerated() {
        for index in 0..<classes {
          mean.elements[group * classes + index] +=
            shares[group] * logits.elements[sequence * classes + index]
        }
      }
      return Answers(logits: mean, pooled: nil, groups: groups)
    }
  }

  /// With attention, how much each row says for each class, `[rows, classes]`, adding up to the
  /// logits of its group; otherwise nil.
  ///
  /// - Parameter answers: of these opinions.
  package func contributions(_ opinions: Opinions, _ answers: Answers) -> Tensor? {
    guard let attention, case .votes(let votes) = opinions, let pooled = answers.pooled else {
      return nil
    }
    return attention.contributions(pooled, votes)
  }

  /// The way back.
  ///
  /// - Parameters:
  ///   - answers: of the same opinions, each with the gradient of the loss with respect to its
  ///     logits.
  ///   - states: as in the call.
  ///   - gradients: receives the sum of what it holds and the gradients of the parameters.
  /// - Returns: the gradient of the states.
  package func backward(
    _ opinions: Opinions, _ answers: [(answers: Answers, gradient: Tensor)], states: Tensor,
    _ layout: SequenceLayout, gradients: inout ClassificationHead, threads: Int = 1
  ) -> Tensor {
    switch opinions {
    case .votes(let votes):
      guard let attention, var own = gradients.attention else {
        preconditionFailure("votes without attention")
      }
      var sum = VotingAttention.Votes(
        scores: Tensor(votes.scores.shape), votes: Tensor(votes.votes.shape))
      for (answer, gradient) in answers {
        guard let pooled = answer.pooled else { continue }
        attention.poolBackward(pooled, votes, gradient, into: &sum)
      }
      // One owner, so that they are changed in place.
      gradients.attention = nil
      let result = attention.backward(sum, states: states, gradients: &own, threads: threads)
      gradients.attention = own
      return result
    case .last(let last, let logits):
      guard let output, var own = gradients.output else {
        preconditionFailure("a head without layers")
      }
      var sum = Tensor(logits.shape)
      for (answer, gradient) in answers {
        let shares = Self.shares(answer.groups, gradient.shape[0])
        for (sequence, group) in answer.groups.enumerated() {
          for index in 0..<classes {
            sum.elements[sequence * classes + index] +=
              shares[group] * gradient.elements[group * classes + index]
          }
        }
      }
      gradients.output = nil
      let result = output.backward(sum, input: last, gradients: &own, threads: threads)
      gradients.output = own
      return scattered(result, states.shape, layout)
    }
  }

  /// One divided by each group's number of sequences.
  private static func shares(_ groups: [Int], _ count: Int) -> [Float] {
    var sizes = [Float](repeating: 0, count: count)
    for group in groups { sizes[group] += 1 }
    return sizes.map { 1 / $0 }
  }

  /// Of each sequence, the forward state of its last row beside the reverse state of its first.
  private func lastStates(_ states: Tensor, _ layout: SequenceLayout) -> Tensor {
    let size = states.shape[1]
    var result = Tensor([layout.sequences, size])
    forEachEnd(layout) { sequence, row, columns in
      let columns = columns ?? forwardSize..<size
      for column in columns {
        result.elements[sequence * size + column] = states.elements[row * size + column]
      }
    }
    return result
  }

  /// The way back of `lastStates`.
  private func scattered(_ ends: Tensor, _ shape: Shape, _ layout: SequenceLayout) -> Tensor {
    let size = shape[1]
    var result = Tensor(shape)
    forEachEnd(layout) { sequence, row, columns in
      for column in columns ?? forwardSize..<size {
        result.elements[row * size + column] += ends.elements[sequence * size + column]
      }
    }
    return result
  }

  /// Calls `body` with each sequence's last row and the columns of the forward states, and with its
  /// first row and nil for all other columns.
  private func forEachEnd(
    _ layout: SequenceLayout, _ body: (_ sequence: Int, _ row: Int, _ columns: Range<Int>?) -> Void
  ) {
    for (place, sequence) in layout.order.enumerated() where layout.lengths[sequence] > 0 {
      let rows = layout.rows(ofPlace: place)
      if let first = rows.first, let last = rows.last {
        body(sequence, last, 0..<forwardSize)
        body(sequence, first, nil)
      }
    }
  }
}
