internal import Foundation
internal import Tensors

/// Draws captions at random, word by word, after `temperature`, `topK` and `topP` have shaped the
/// model's probabilities, in this order.
///
/// Each caption has a random source of its own, made from the seed and the caption's place: asking
/// for more captions does not change the first ones.
package struct Sampler: Sendable {
  private let options: DecodingOptions
  private let rules: TokenRules

  /// - Precondition: the options are valid.
  package init(_ options: DecodingOptions, rules: TokenRules) {
    self.options = options
    self.rules = rules
  }

  /// `options.top` captions in the order in which they were begun. Their log probabilities are the
  /// model's own, without temperature or cuts.
  package func callAsFunction(_ model: inout some StepModel) -> [Hypothesis] {
    var seeds = SeededRandom(seed: options.seed)
    var captions = (0..<options.top).map { _ in
      Draw(random: SeededRandom(seed: seeds.next()))
    }
    var rows = StepRows(vocabularySize: model.vocabularySize)
    for step in 0..<options.maximumLength {
      let live = captions.indices.filter { captions[$0].result == nil }
      if live.isEmpty { break }
      if step == 0 {
        model.start(into: &rows)
        rules.apply(to: &rows, row: 0, after: [])
      } else {
        model.advance(
          parents: live.map { captions[$0].caption.row },
          tokens: live.compactMap { captions[$0].caption.tokens.last }, into: &rows)
        for (row, index) in live.enumerated() {
          captions[index].caption.row = row
          rules.apply(to: &rows, row: row, after: captions[index].caption.tokens)
        }
      }
      for index in live {
        let caption = captions[index].caption
        let token = rows.withRow(caption.row) { row in
          draw(UnsafeBufferPointer(row), &captions[index].random)
        }
        if let token, token != rules.end {
          captions[index].caption = caption.adding(token, from: rows)
        } else if token != nil {
          captions[index].result = caption.finished(
            end: rules.end, from: rows, lengthPenalty: options.lengthPenalty)
        } else {
          captions[index].result = caption.cut(lengthPenalty: options.lengthPenalty)
        }
      }
    }
    return captions.map {
      $0.result ?? $0.caption.cut(lengthPenalty: options.lengthPenalty)
    }
  }

  private struct Draw {
    var caption = PartialHypothesis()
    var random: SeededRandom
    var result: Hypothesis?
  }

  /// One token, or nil if all are impossible.
  private func draw(_ row: UnsafeBufferPointer<Float>, _ random: inout SeededRandom) -> Int? {
    var tokens: [Int]
    if let topK = options.topK, topK < row.count {
      var list = CandidateList(capacity: topK)
      list.offer(row, base: 0, row: 0)
      tokens = list.candidates.map(\.token)
    } else {
      tokens = row.indices.filter { row[$0] > -.infinity }
      if options.topP != nil { tokens.sort { (row[$1], $0) < (row[$0], $1) } }
    }
    guard let largest = tokens.map({ row[$0] }).max() else { return nil }
    let temperature = Double(options.temperature ?? 1)
    var weights = tokens.map { exp(Double(row[$0] - largest) / temperature) }
    if let topP = options.topP {
      let goal = Double(topP) * weights.reduce(0, +)
      var sum = 0.0
      var count = 0
      while count < weights.count, sum < goal {
        sum += weights[count]
        count += 1
      }
      weights.removeSubrange(count...)
    }
    var point = random.uniformDouble() * weights.reduce(0, +)
    for (token, weight) in zip(tokens, weights) {
      point -= weight
      if point < 0 { return token }
    }
    return tokens[weights.count - 1]
  }
}
