import Captioning
import Foundation
import Testing

@Suite struct SamplerTests {
  func sample(
    _ model: inout TableModel, count: Int, rules: TokenRules = TokenRules(end: 0),
    _ change: (inout DecodingOptions) -> Void = { _ in }
  ) -> [Hypothesis] {
    var options = DecodingOptions()
    options.temperature = 1
    options.top = count
    options.maximumLength = 6
    change(&options)
    return Sampler(options, rules: rules)(&model)
  }

  /// One word and the end.
  let oneWord: [[Int]: [Float]] = [[]: [0.1, 0.2, 0.3, 0.4]]

  @Test(
    arguments: [
      (1, nil, nil, [0.1, 0.2, 0.3, 0.4]),
      // The squares of the probabilities, made to sum to one.
      (0.5, nil, nil, [1.0 / 30, 4.0 / 30, 9.0 / 30, 16.0 / 30]),
      (1, 2, nil, [0, 0, 3.0 / 7, 4.0 / 7]),
      (1, 9, nil, [0.1, 0.2, 0.3, 0.4]),
      (1, nil, 0.6, [0, 0, 3.0 / 7, 4.0 / 7]),
      (1, nil, 0.35, [0, 0, 0, 1]),
      (1, nil, 1, [0.1, 0.2, 0.3, 0.4]),
      // At temperature 0.5 the two likeliest words already have 25 / 30.
      (0.5, nil, 0.8, [0, 0, 9.0 / 25, 16.0 / 25]),
      // Of the three likeliest words, 4 / 9 and 3 / 9 reach 0.7.
      (1, 3, 0.7, [0, 0, 3.0 / 7, 4.0 / 7]),
    ] as [(Float, Int?, Float?, [Double])])
  func `words come as often as the options say`(
    temperature: Float, topK: Int?, topP: Float?, expected: [Double]
  ) {
    var model = TableModel(oneWord)
    let count = 20_000
    let found = sample(&model, count: count) {
      $0.temperature = temperature
      $0.topK = topK
      $0.topP = topP
    }
    for (token, probability) in expected.enumerated() {
      let times = Double(found.count { $0.tokens.first ?? 0 == token })
      let deviation = (probability * (1 - probability) / Double(count)).squareRoot()
      #expect(abs(times / Double(count) - probability) <= 4.5 * deviation)
    }
  }

  @Test func `log probabilities are the model's own`() {
    var model = TableModel(oneWord)
    let found = sample(&model, count: 20) {
      $0.temperature = 0.3
      $0.topK = 3
    }
    #expect(found.count == 20)
    for hypothesis in found {
      #expect(hypothesis.isFinished && hypothesis.tokens.count == 1)
      let expected = log(Float(hypothesis.tokens[0] + 1) / 10)
      #expect(abs(hypothesis.tokenLogProbabilities[0] - expected) < 1e-6)
      #expect(hypothesis.tokenLogProbabilities[1] == 0)
      #expect(abs(hypothesis.score - expected / 2) < 1e-6)
    }
  }

  @Test func `a seed repeats its captions, and more of them begin with the same`() {
    func captions(seed: UInt64, count: Int) -> [[Int]] {
      var model = TableModel(vocabularySize: 9) { _ in [Float](repeating: log(1 / 9), count: 9) }
      return sample(&model, count: count) { $0.seed = seed }.map(\.tokens)
    }
    #expect(captions(seed: 3, count: 8) == captions(seed: 3, count: 8))
    #expect(captions(seed: 3, count: 8) != captions(seed: 4, count: 8))
    #expect(captions(seed: 3, count: 3) == Array(captions(seed: 3, count: 8).prefix(3)))
    #expect(Set(captions(seed: 3, count: 8)).count > 4)
  }

  @Test func `captions obey the rules and the greatest length`() {
    var model = TableModel(vocabularySize: 5) { _ in [Float](repeating: log(0.2), count: 5) }
    let rules = TokenRules(end: 0, forbidden: [4], minimumLength: 2, noRepeatNGram: 2)
    let found = sample(&model, count: 500, rules: rules)
    #expect(found.allSatisfy { (2...6).contains($0.tokens.count) && !$0.tokens.contains(4) })
    #expect(found.contains { !$0.isFinished && $0.tokens.count == 6 })
    #expect(found.contains { $0.isFinished && $0.tokens.count == 2 })
    for hypothesis in found {
      let pairs = zip(hypothesis.tokens, hypothesis.tokens.dropFirst()).map { [$0, $1] }
      #expect(Set(pairs).count == pairs.count)
    }
    #expect(model.asked.allSatisfy { !$0.contains(0) })
  }

  @Test func `a row without any possible word cuts its caption`() {
    var model = TableModel([[]: [0, 1, 0], [1]: [0, 0, 0]])
    let found = sample(&model, count: 2)
    #expect(found.map(\.tokens) == [[1], [1]])
    #expect(found.allSatisfy { !$0.isFinished })
  }

  @Test func `attention follows its word`() {
    var model = TableModel(vocabularySize: 9) { _ in [Float](repeating: log(1 / 9), count: 9) }
    model.attention = { [Float($0.count), Float($0.last ?? 0)] }
    for found in sample(&model, count: 20) {
      #expect(found.attention.count == found.tokenLogProbabilities.count)
      for (place, row) in found.attention.enumerated() {
        #expect(row == [Float(place), place == 0 ? 0 : Float(found.tokens[place - 1])])
      }
    }
  }
}
