import Captioning
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct BeamSearchTests {
  /// Captions of a table whose end token is 0.
  func search(
    _ model: inout TableModel, width: Int, penalty: LengthPenalty = .none, length: Int = 6,
    top: Int = 1, rules: TokenRules = TokenRules(end: 0),
    _ change: (inout DecodingOptions) -> Void = { _ in }
  ) -> [Hypothesis] {
    var options = DecodingOptions()
    options.beamWidth = width
    options.lengthPenalty = penalty
    options.maximumLength = length
    options.top = top
    change(&options)
    return BeamSearch(options, rules: rules)(&model)
  }

  func near(_ a: Float, _ b: Float) -> Bool { abs(a - b) < 1e-5 }

  // MARK: Tables where every choice is known

  /// Word 1 looks best at first, but word 2 is followed by a likely end.
  let gardenPath: [[Int]: [Float]] = [
    []: [0, 0.6, 0.4], [1]: [0.3, 0.35, 0.35], [2]: [0.9, 0.05, 0.05],
  ]

  @Test func `greedy search takes the likeliest word, a wider beam the likelier caption`() {
    var model = TableModel(gardenPath)
    let greedy = search(&model, width: 1)
    #expect(greedy.map(\.tokens) == [[1, 1]])
    #expect(near(greedy[0].logProbability, log(0.6 * 0.35)))
    let beam = search(&model, width: 2, top: 2)
    #expect(beam.map(\.tokens) == [[2], [1, 1]])
    #expect(near(beam[0].logProbability, log(0.36)))
    #expect(beam[0].isFinished && beam[0].tokenLogProbabilities.count == 2)
    #expect(near(beam[0].tokenLogProbabilities[0], log(0.4)))
    #expect(near(beam[0].tokenLogProbabilities[1], log(0.9)))
  }

  @Test func `equal scores go to the lower row and the lower token`() {
    var model = TableModel([[]: [0.25, 0.25, 0.5, 0], [0]: [0, 0, 1, 0]], end: 2)
    let found = search(&model, width: 3, top: 3, rules: TokenRules(end: 2))
    #expect(found.map(\.tokens) == [[], [0], [1]])
  }

  // sgrvinod's search loses a place in the beam with each caption that ends, and with it [1, 3].
  @Test func `a finished caption leaves its place to another`() {
    var model = TableModel([
      []: [0, 0.6, 0.4, 0, 0], [1]: [0.5, 0, 0, 0.3, 0.2], [2]: [0, 0, 0, 0, 1],
      [2, 4]: [0.1, 0.3, 0.3, 0.3, 0],
    ])
    let found = search(&model, width: 2, penalty: .average, top: 2)
    #expect(found.map(\.tokens) == [[1, 3], [1]])
    #expect(near(found[0].score, log(0.18) / 3))
    #expect(near(found[1].score, log(0.30) / 2))
    // The search ended when two captions had: no fourth step.
    #expect(model.calls == [1, 2, 2])
  }

  // ruotianluo's search keeps a finished beam with 1000 taken off, and may continue it past its end.
  @Test func `nothing follows an end, even when the beam runs empty`() {
    var model = TableModel([
      []: [0, 0.9, 0.1], [1]: [1, 0, 0], [2]: [0, 1, 0], [2, 1]: [0, 0, 1],
    ])
    let found = search(&model, width: 3, top: 3)
    #expect(found.map(\.tokens) == [[1], [2, 1, 2]])
    #expect(model.asked.allSatisfy { !$0.contains(0) })
    #expect(model.calls == [1, 2, 1, 1])
  }

  // sgrvinod's search crashes here.
  @Test(arguments: [0, 1e-9] as [Float])
  func `if nothing ends, the best live captions are the result`(end: Float) {
    var model = TableModel(vocabularySize: 3) {
      $0.last == 2 ? [log(end), log(0.6), log(0.4)] : [log(end), log(0.7), log(0.3)]
    }
    let found = search(&model, width: 2, penalty: .average, length: 3, top: 2)
    #expect(found.map(\.tokens) == [[1, 1, 1], [1, 1, 2]])
    #expect(found.allSatisfy { !$0.isFinished && $0.tokenLogProbabilities.count == 3 })
    #expect(near(found[0].score, log(0.7)))
    #expect(model.calls == [1, 2, 2])
  }

  @Test func `a finished caption goes before better ones that were cut`() {
    var model = TableModel(vocabularySize: 2) { _ in [log(0.1), log(0.9)] }
    let found = search(&model, width: 3, penalty: .average, length: 2, top: 3)
    #expect(found.map(\.tokens) == [[1], [], [1, 1]])
    #expect(found.map(\.isFinished) == [true, true, false])
    #expect(found[2].score > found[0].score)
  }

  @Test(
    arguments: [
      (LengthPenalty.none, [], log(0.3)), (.average, [1, 2, 1], log(0.21) / 4),
      (.gnmt(alpha: 0.1), [], log(0.3)), (.gnmt(alpha: 1), [1, 2], log(0.28) / (8 / 6)),
    ] as [(LengthPenalty, [Int], Double)])
  func `the length penalty decides between short and long`(
    penalty: LengthPenalty, tokens: [Int], score: Double
  ) {
    var model = TableModel([[]: [0.3, 0.7, 0], [1]: [0, 0, 1], [1, 2]: [0.4, 0.3, 0.3]])
    let found = search(&model, width: 5, penalty: penalty)
    #expect(found[0].tokens == tokens)
    #expect(abs(Double(found[0].score) - score) < 1e-5)
  }

  @Test func `short captions and forbidden words are never returned`() {
    let table: [[Int]: [Float]] = [[]: [0.3, 0.7, 0], [1]: [0, 0, 1], [1, 2]: [0.4, 0.3, 0.3]]
    var model = TableModel(table)
    let long = search(&model, width: 5, rules: TokenRules(end: 0, minimumLength: 3))
    #expect(long[0].tokens == [1, 2, 1])
    var garden = TableModel(gardenPath)
    let without = search(&garden, width: 3, rules: TokenRules(end: 0, forbidden: [2]))
    // The probabilities stay the model's: nothing is shared out among the words that are left.
    #expect(without[0].tokens == [1, 1])
    #expect(near(without[0].logProbability, log(0.6 * 0.35)))
  }

  @Test(arguments: [
    (0, [1, 2, 1, 2, 1, 2]), (1, [1, 2]), (2, [1, 2, 1]), (3, [1, 2, 1, 2]),
    (9, [1, 2, 1, 2, 1, 2]),
  ])
  func `no run of n words comes twice`(n: Int, tokens: [Int]) {
    var model = TableModel(vocabularySize: 3) { tokens in
      switch tokens.last {
      case nil: [log(0), log(1), log(0)]
      case 1: [log(0.1), log(0.1), log(0.8)]
      default: [log(0.2), log(0.8), log(0)]
      }
    }
    let found = search(&model, width: 1, rules: TokenRules(end: 0, noRepeatNGram: n))
    #expect(found[0].tokens == tokens)
  }

  @Test func `a row without any possible word ends the search quietly`() {
    var model = TableModel([[]: [0, 1, 0], [1]: [0, 0, 0]])
    let found = search(&model, width: 2)
    #expect(found.map(\.tokens) == [[1]] && !found[0].isFinished)
    var broken = TableModel(vocabularySize: 3) { _ in [.nan, .nan, .nan] }
    #expect(search(&broken, width: 2).map(\.tokens) == [[]])
  }

  @Test func `attention follows its word through the beam`() {
    var model = TableModel(gardenPath)
    model.attention = { [Float($0.count), Float($0.last ?? 0)] }
    for found in search(&model, width: 2, top: 2) {
      #expect(found.attention.count == found.tokens.count + 1)
      #expect(
        found.attention
          == (0...found.tokens.count).map {
            [Float($0), $0 == 0 ? 0 : Float(found.tokens[$0 - 1])]
          })
    }
  }

  // MARK: Diverse groups

  @Test(
    arguments: [
      (2, 0.0, [[1]]), (2, 0.4, [[1]]), (2, 1.0, [[1], [2]]), (3, 1.0, [[1], [2], [3]]),
      // The third group sees that two chose word 1.
      (3, 0.3, [[1], [2]]),
    ] as [(Int, Float, [[Int]])])
  func `groups keep away from each other's words`(
    groups: Int, strength: Float, captions: [[Int]]
  ) {
    var model = TableModel([[]: [0, 0.5, 0.3, 0.2]])
    let found = search(&model, width: groups, top: groups) {
      $0.diverseGroups = groups
      $0.diversityStrength = strength
    }
    #expect(found.map(\.tokens) == captions)
    let probabilities: [Float] = [0, 0.5, 0.3, 0.2]
    for hypothesis in found {
      #expect(near(hypothesis.logProbability, log(probabilities[hypothesis.tokens[0]])))
    }
  }

  @Test func `without diversity each group is a beam of its share of the width`() {
    for seed in 1...20 as ClosedRange<UInt64> {
      var model = randomModel(seed: seed, size: 6)
      let narrow = search(&model, width: 2, penalty: .average, top: 2)
      let grouped = search(&model, width: 6, penalty: .average, top: 2) {
        $0.diverseGroups = 3
        $0.diversityStrength = 0
      }
      #expect(grouped == narrow)
    }
  }

  // MARK: Required words

  @Test func `a required word is there, and beams without captions take no rows`() {
    var model = TableModel(gardenPath)
    let free = search(&model, width: 2, top: 2)
    #expect(free[0].tokens == [2])
    let one = search(&model, width: 2, top: 2, rules: TokenRules(end: 0, required: [[1]]))
    #expect(one.map(\.tokens) == [[1, 1], [1, 2]])
    #expect(near(one[0].logProbability, log(0.6 * 0.35)))
    // Any of several will do.
    let any = search(&model, width: 2, top: 2, rules: TokenRules(end: 0, required: [[1, 2]]))
    #expect(any == free)
    var counting = TableModel(gardenPath)
    let both = search(&counting, width: 2, top: 2, rules: TokenRules(end: 0, required: [[1], [2]]))
    #expect(both.map(\.tokens) == [[1, 2], [2, 1]])
    #expect(counting.calls == [1, 2, 4])
  }

  @Test func `what cannot be said leaves the captions that satisfy the most`() {
    let table: [[Int]: [Float]] = [
      []: [0, 0.6, 0.4, 0], [1]: [0.3, 0.35, 0.35, 0], [2]: [0.9, 0.05, 0.05, 0],
    ]
    var model = TableModel(table)
    let none = search(&model, width: 2, top: 2, rules: TokenRules(end: 0, required: [[3]]))
    #expect(none.map(\.tokens) == [[2], [1, 1]])
    let one = search(&model, width: 2, top: 2, rules: TokenRules(end: 0, required: [[3], [1]]))
    #expect(one.map(\.tokens) == [[1, 1], [1, 2]])
    #expect(one.allSatisfy { $0.isFinished })
    let empty = search(&model, width: 2, rules: TokenRules(end: 0, required: [[]]))
    #expect(empty.map(\.tokens) == [[2]])
  }

  @Test(
    arguments: [(2, [1], true), (3, [1, 1, 2], false), (4, [1, 1, 2], true)]
      as [(Int, [Int], Bool)])
  func `a word that comes late is found as far as the greatest length goes`(
    length: Int, tokens: [Int], isFinished: Bool
  ) {
    var model = TableModel([
      []: [0.2, 0.8, 0], [1]: [0.5, 0.5, 0], [1, 1]: [0.2, 0, 0.8], [1, 1, 2]: [0.9, 0.1, 0],
    ])
    let found = search(
      &model, width: 2, length: length, rules: TokenRules(end: 0, required: [[2]]))
    #expect(found.map(\.tokens) == [tokens])
    #expect(found[0].isFinished == isFinished)
  }

  @Test func `among equal required words the lower token stands first`() {
    var model = TableModel([[]: [0, 0.25, 0.25, 0.25, 0.25]])
    let found = search(&model, width: 2, top: 2, rules: TokenRules(end: 0, required: [[4, 2, 3]]))
    #expect(found.map(\.tokens) == [[2], [3]])
  }

  @Test func `groups keep away from each other's words, but not from required ones`() {
    func captions(_ required: [[Int]]) -> [[Int]] {
      var model = TableModel([[]: [0, 0.5, 0.3, 0.2]])
      let found = search(
        &model, width: 2, top: 2, rules: TokenRules(end: 0, required: required)
      ) {
        $0.diverseGroups = 2
        $0.diversityStrength = 1
      }
      let probabilities: [Float] = [0, 0.5, 0.3, 0.2]
      for hypothesis in found {
        #expect(near(hypothesis.logProbability, log(probabilities[hypothesis.tokens[0]])))
      }
      return found.map(\.tokens)
    }
    #expect(captions([[1, 2]]) == [[1], [2]])
    #expect(captions([[3]]) == [[3]])
  }

  @Test func `without diversity each group keeps the required words as a beam of its own`() {
    let rules = TokenRules(end: 0, required: [[2], [4, 5]])
    for seed in 1...20 as ClosedRange<UInt64> {
      var model = randomModel(seed: seed, size: 6)
      let narrow = search(&model, width: 2, penalty: .average, top: 2, rules: rules)
      let grouped = search(&model, width: 6, penalty: .average, top: 2, rules: rules) {
        $0.diverseGroups = 3
        $0.diversityStrength = 0
      }
      #expect(grouped == narrow)
    }
  }

  @Test(
    arguments: [[[1]], [[1, 2]], [[1], [2]], [[1, 2], [2, 3]], [[1], [2], [3]]],
    [LengthPenalty.none, .average])
  func `a beam that holds all captions finds the best with the required words`(
    required: [[Int]], penalty: LengthPenalty
  ) {
    let rules = TokenRules(end: 0, required: required)
    for seed in 1...10 as ClosedRange<UInt64> {
      var model = randomModel(seed: seed, size: 4)
      let all = exhaustive(model, length: 4, penalty: penalty)
        .filter { rules.satisfied(by: $0.tokens) == required.count }
      let found = search(&model, width: 108, penalty: penalty, length: 4, top: 108, rules: rules)
      #expect(found.filter(\.isFinished).map(\.tokens) == all.map(\.tokens))
      #expect(zip(found, all).allSatisfy { near($0.score, $1.score) })
      for width in 1...8 {
        model = randomModel(seed: seed, size: 4)
        let narrow = search(&model, width: width, penalty: penalty, length: 4, rules: rules)
        #expect(rules.satisfied(by: narrow[0].tokens) == required.count)
        #expect(!narrow[0].isFinished || narrow[0].score <= all[0].score + 1e-5)
        #expect(model.calls.allSatisfy { $0 <= width << required.count })
      }
    }
  }

  @Test func `required words go with all other rules`() {
    let rules = TokenRules(
      end: 0, forbidden: [3], minimumLength: 2, noRepeatNGram: 1, required: [[2, 3]])
    for seed in 1...10 as ClosedRange<UInt64> {
      var model = randomModel(seed: seed, size: 5)
      let all = exhaustive(model, length: 4, penalty: .average).filter {
        $0.tokens.count >= 2 && $0.tokens.contains(2) && !$0.tokens.contains(3)
          && Set($0.tokens).count == $0.tokens.count
      }
      let found = search(
        &model, width: 100, penalty: .average, length: 4, top: 100, rules: rules)
      #expect(found.filter(\.isFinished).map(\.tokens) == all.map(\.tokens))
    }
  }

  // MARK: Against other searches

  /// A table of random probabilities for every sequence of tokens.
  func randomModel(seed: UInt64, size: Int) -> TableModel {
    TableModel(vocabularySize: size) { tokens in
      let place = tokens.reduce(seed) { $0 &* 31 &+ UInt64($1) &+ 7 }
      var random = SeededRandom(seed: place)
      let weights = (0..<size).map { _ in exp(4 * random.uniform()) }
      let sum = weights.reduce(0, +)
      return weights.map { log($0 / sum) }
    }
  }

  @Test func `width 1 is greedy search`() {
    for seed in 1...50 as ClosedRange<UInt64> {
      var model = randomModel(seed: seed, size: 7)
      var tokens: [Int] = []
      var sum: Float = 0
      while tokens.count < 6 {
        let row = model.next(tokens)
        guard let best = row.indices.max(by: { row[$0] < row[$1] }) else { break }
        sum += row[best]
        if best == 0 { break }
        tokens.append(best)
      }
      for penalty in [LengthPenalty.none, .average, .gnmt(alpha: 0.6)] {
        let found = search(&model, width: 1, penalty: penalty)
        #expect(found.map(\.tokens) == [tokens])
        #expect(near(found[0].logProbability, sum))
      }
    }
  }

  /// Every finished caption of at most `length` tokens, its end included, best first.
  func exhaustive(
    _ model: TableModel, length: Int, penalty: LengthPenalty
  ) -> [(tokens: [Int], score: Float)] {
    var captions: [(tokens: [Int], score: Float)] = []
    func visit(_ tokens: [Int], _ sum: Float) {
      let row = model.next(tokens)
      captions.append(
        (tokens, penalty.score(logProbability: sum + row[0], length: tokens.count + 1)))
      guard tokens.count + 1 < length else { return }
      for token in 1..<row.count { visit(tokens + [token], sum + row[token]) }
    }
    visit([], 0)
    return captions.sorted { $0.score > $1.score }
  }

  @Test(arguments: [LengthPenalty.none, .average, .gnmt(alpha: 0.6)])
  func `a beam that holds all captions finds what exhaustive search finds`(
    penalty: LengthPenalty
  ) {
    for seed in 1...25 as ClosedRange<UInt64> {
      var model = randomModel(seed: seed, size: 4)
      let all = exhaustive(model, length: 4, penalty: penalty)
      // 27 live captions with 4 continuations each are the most there can be.
      let found = search(&model, width: 108, penalty: penalty, length: 4, top: 108)
      #expect(found.filter(\.isFinished).map(\.tokens) == all.map(\.tokens))
      #expect(zip(found, all).allSatisfy { near($0.score, $1.score) })
      // Narrower beams may miss the best caption, but never claim more than there is.
      for width in 1...12 {
        let narrow = search(&model, width: width, penalty: penalty, length: 4)
        let score = all.first { $0.tokens == narrow[0].tokens }?.score
        #expect(!narrow[0].isFinished || near(narrow[0].score, score ?? 0))
        #expect(!narrow[0].isFinished || narrow[0].score <= all[0].score + 1e-5)
      }
    }
  }

  @Test func `captions are returned best first, each once`() {
    for seed in 1...25 as ClosedRange<UInt64> {
      var model = randomModel(seed: seed, size: 8)
      let found = search(&model, width: 6, penalty: .average, top: 6)
      let finished = found.filter(\.isFinished)
      #expect(finished.map(\.score) == finished.map(\.score).sorted(by: >))
      #expect(Set(found.map(\.tokens)).count == found.count)
      #expect(model.asked.allSatisfy { !$0.contains(0) })
      for hypothesis in found {
        #expect(near(hypothesis.tokenLogProbabilities.reduce(0, +), hypothesis.logProbability))
      }
    }
  }

  /// Made by Scripts/references/beam_search.py.
  struct Reference: Decodable {
    let seed: UInt64
    let width: Int
    let penalty: String
    let tokens: [Int]
    let score: Float
  }

  @Test func `captions are those of the search that the bundled model was trained with`() throws {
    let references = try JSONDecoder().decode(
      [Reference].self, from: Data(contentsOf: reference("decoding/beam_search.json")))
    #expect(references.count == 250)
    for reference in references {
      let table = randomTensor([12, 12], seed: reference.seed).elements
      var model = TableModel(vocabularySize: 12) { tokens in
        let last = tokens.last ?? 1
        let row = table[last * 12..<(last + 1) * 12].map { 4 * $0 }
        let sum = log(row.reduce(0) { $0 + exp($1) })
        return row.map { $0 - sum }
      }
      let found = search(
        &model, width: reference.width, penalty: try #require(LengthPenalty(reference.penalty)),
        length: 9, rules: TokenRules(end: 2, forbidden: [0, 1, 3]))
      #expect(found[0].tokens == reference.tokens)
      #expect(near(found[0].score, reference.score))
    }
  }
}
