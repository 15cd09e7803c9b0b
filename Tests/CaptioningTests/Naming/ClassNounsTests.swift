import Captioning
import Foundation
import Language
import TestSupport
import Testing

@Suite struct ClassNounsTests {
  private let vocabulary: Vocabulary

  init() throws {
    vocabulary = try Vocabulary(
      words: ["<end>", "a", "dog", "dogs", "puppy", "cat"],
      configuration: VocabularyConfiguration(file: "v.txt", size: 6, end: 0))
  }

  private func nouns(
    _ lines: [String], threshold: Float = 0.7, maximumCost: Float? = nil
  ) throws -> ClassNouns {
    try ClassNouns(
      NamingConfiguration(nouns: "n.txt", threshold: threshold, maximumCost: maximumCost),
      lines: lines, vocabulary: vocabulary)
  }

  @Test func `classes of the same line are probable together`() throws {
    let nouns = try nouns(["dog, puppy", "cat", "dog,puppy"])
    // Softmax of log p is p.
    let dog = try #require(nouns.noun(of: [log(0.4), log(0.25), log(0.35)]))
    #expect(dog.word == "dog" && dog.tokens == [2, 3, 4])
    #expect(nouns.noun(of: [log(0.4), log(0.35), log(0.25)]) == nil)
    #expect(nouns.noun(of: [1, 9, 1])?.tokens == [5])
  }

  @Test func `empty lines and unknown words are never named, but take their share`() throws {
    let nouns = try nouns(["cat", "", "zebra", "fire hydrant,cats"], threshold: 0.3)
    #expect(nouns.noun(of: [log(0.31), log(0.5), log(0.1), log(0.09)]) == nil)
    #expect(nouns.noun(of: [log(0.31), log(0.1), log(0.5), log(0.09)]) == nil)
    #expect(nouns.noun(of: [log(0.31), log(0.3), log(0.3), log(0.09)])?.word == "cat")
    #expect(nouns.noun(of: [0, 0, 0, 9])?.tokens == [5])
  }

  @Test func `each class needs a line`() throws {
    try nouns(["cat", ""]).check(classCount: 2)
    #expect(
      throws: CaptioningError.configuration(
        key: "naming.nouns", reason: "names a file of 2 lines for 3 classes")
    ) { try nouns(["cat", ""]).check(classCount: 3) }
    #expect(
      throws: CaptioningError.configuration(
        key: "naming", reason: "needs a classifier, which the encoder's weights do not have")
    ) { try nouns(["cat"]).check(classCount: nil) }
  }

  @Test(
    arguments: [(0, nil), (-0.1, nil), (1.1, nil), (.nan, nil), (0.5, -1), (0.5, .nan)]
      as [(Float, Float?)])
  func `values out of range are refused`(threshold: Float, maximumCost: Float?) {
    #expect(throws: CaptioningError.self) {
      try nouns([], threshold: threshold, maximumCost: maximumCost)
    }
  }

  /// A caption of these tokens, each of the given log probability.
  private func caption(_ tokens: [Int], each: Float, isFinished: Bool = true) -> Hypothesis {
    let each = [Float](repeating: each, count: tokens.count + (isFinished ? 1 : 0))
    var model = TableModel(vocabularySize: 6) { before in
      var row = [Float](repeating: -.infinity, count: 6)
      let next = before.count < tokens.count ? tokens[before.count] : 0
      if isFinished || before.count < tokens.count { row[next] = each[before.count] }
      return row
    }
    var options = DecodingOptions()
    options.beamWidth = 1
    options.lengthPenalty = .none
    return BeamSearch(options, rules: TokenRules(end: 0))(&model)[0]
  }

  @Test func `a caption is given up for one that has more and does not cost too much`() throws {
    let rules = TokenRules(end: 0, required: [[1], [2, 3]])
    let free = caption([1, 5], each: -1)
    let dear = try nouns(["dog"], maximumCost: 0.5)
    #expect(dear.accepts(caption([1, 2, 5, 5], each: -1.5), insteadOf: free, rules: rules))
    #expect(!dear.accepts(caption([1, 2], each: -1.6), insteadOf: free, rules: rules))
    let any = try nouns(["dog"])
    #expect(any.accepts(caption([1, 2], each: -9), insteadOf: free, rules: rules))
    // It lost a word that the user asked for.
    #expect(!any.accepts(caption([2, 5], each: -1), insteadOf: free, rules: rules))
    let cut = caption([1, 2], each: -1, isFinished: false)
    #expect(!any.accepts(cut, insteadOf: free, rules: rules))
    #expect(
      any.accepts(cut, insteadOf: caption([1], each: -1, isFinished: false), rules: rules))
  }

  @Test func `ImageNet's nouns stand beside its classes`() throws {
    func lines(_ name: String) throws -> [String] {
      try String(contentsOf: projectFolder.appending(path: "vocab/\(name)"), encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
    let nouns = try lines("imagenet-nouns.txt")
    let classes = try lines("imagenet1k.txt")
    #expect(nouns.count == 1000 && classes.count == 1000)
    for line in nouns where !line.isEmpty {
      let words = line.split(separator: ",", omittingEmptySubsequences: false)
      #expect(words.allSatisfy { $0.wholeMatch(of: /[a-z]+/) != nil }, "\(line)")
      #expect(Set(words).count == words.count, "\(line)")
    }
    let pairs = Dictionary(zip(classes, nouns)) { first, _ in first }
    for (name, line) in [
      "tench": "fish", "Chihuahua": "dog,puppy", "Mexican hairless": "dog,puppy",
      "Egyptian cat": "cat,kitten", "drake": "duck,bird", "zebra": "zebra", "suit": "",
      "missile": "rocket,missile", "pizza": "pizza", "daisy": "flower,daisy",
      "toilet tissue": "paper,toilet",
    ] {
      #expect(pairs[name] == line)
    }
  }
}
