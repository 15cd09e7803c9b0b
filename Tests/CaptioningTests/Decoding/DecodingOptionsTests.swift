import Captioning
import Foundation
import Testing

@Suite struct DecodingOptionsTests {
  func decode(_ text: String) throws -> DecodingOptions {
    try JSONDecoder().decode(DecodingOptions.self, from: Data(text.utf8))
  }

  @Test func `absent keys keep their defaults`() throws {
    #expect(try decode("{}") == DecodingOptions())
    var expected = DecodingOptions()
    expected.beamWidth = 3
    expected.maximumLength = 16
    expected.lengthPenalty = .none
    expected.neverEmit = ["<unk>"]
    let text = """
      {"beam_width": 3, "maximum_length": 16, "length_penalty": "none", "never_emit": ["<unk>"]}
      """
    #expect(try decode(text) == expected)
  }

  @Test func `what is written is read again`() throws {
    var options = DecodingOptions()
    options.beamWidth = 6
    options.minimumLength = 4
    options.lengthPenalty = .gnmt(alpha: 0.25)
    options.noRepeatNGram = 3
    options.top = 2
    options.diverseGroups = 3
    options.diversityStrength = 0.75
    options.temperature = 0.5
    options.topK = 10
    options.topP = 0.9
    options.seed = .max
    options.say = ["dog", "fire hydrant"]
    #expect(try decode(String(decoding: JSONEncoder().encode(options), as: UTF8.self)) == options)
  }

  @Test func `options that ask for no words are written as if there were no such key`() throws {
    var options = DecodingOptions()
    let plain = try JSONEncoder().encode(options)
    #expect(!String(decoding: plain, as: UTF8.self).contains("say"))
    #expect(try decode(#"{"say": []}"#) == options)
    options.say = ["dog"]
    #expect(try String(decoding: JSONEncoder().encode(options), as: UTF8.self).contains("say"))
    options.say = []
    #expect(options == DecodingOptions())
  }

  @Test func `each required word doubles the captions that may be alive`() {
    var options = DecodingOptions()
    options.say = ["Fire  hydrant", "fire", " dog"]
    #expect(options.requiredWords == ["fire", "hydrant", "dog"])
    #expect(options.rows == 40)
  }

  @Test func `sampling is asked for by any of its three values`() {
    #expect(!DecodingOptions().isSampling)
    for set in [\DecodingOptions.temperature, \.topP] as [WritableKeyPath<_, Float?>] {
      var options = DecodingOptions()
      options[keyPath: set] = 0.5
      options.top = 7
      #expect(options.isSampling && options.rows == 7)
    }
    var options = DecodingOptions()
    #expect(options.rows == 5)
    options.topK = 3
    #expect(options.isSampling && options.rows == 1)
  }

  @Test func `defaults are valid, and every value out of range is named`() throws {
    try DecodingOptions().validate()
    let changes: [(String, (inout DecodingOptions) -> Void)] = [
      ("beam_width", { $0.beamWidth = 0 }),
      ("beam_width", { $0.beamWidth = 1001 }),
      ("maximum_length", { $0.maximumLength = 0 }),
      ("minimum_length", { $0.minimumLength = 20 }),
      ("minimum_length", { $0.minimumLength = -1 }),
      ("no_repeat_ngram", { $0.noRepeatNGram = -1 }),
      ("top", { $0.top = 0 }),
      ("top", { $0.top = 6 }),
      ("length_penalty", { $0.lengthPenalty = .gnmt(alpha: .infinity) }),
      ("diverse_groups", { $0.diverseGroups = 2 }),
      ("diverse_groups", { $0.diverseGroups = 0 }),
      ("diversity_strength", { $0.diversityStrength = -1 }),
      ("temperature", { $0.temperature = 0 }),
      ("temperature", { $0.temperature = .nan }),
      ("top_k", { $0.topK = 0 }),
      ("top_p", { $0.topP = 0 }),
      ("top_p", { $0.topP = 1.5 }),
      ("say", { $0.say = ["a b", "c", "d", "e"] }),
      ("say", { $0.say = ["dog", " "] }),
      ("say", { ($0.say, $0.temperature) = (["dog"], 1) }),
    ]
    for (name, change) in changes {
      var options = DecodingOptions()
      change(&options)
      let error = #expect(throws: CaptioningError.self) { try options.validate() }
      guard case .option(name, _) = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
    }
    var options = DecodingOptions()
    options.top = 6
    #expect(
      throws: CaptioningError.option(name: "top", reason: "is 6, more than the beam width, 5")
    ) {
      try options.validate()
    }
    options.temperature = 1
    try options.validate()
  }

  @Test(arguments: [
    ("none", LengthPenalty.none), ("average", .average), ("gnmt", .gnmt(alpha: 0.6)),
    ("gnmt:0.2", .gnmt(alpha: 0.2)),
  ])
  func `length penalties have names`(text: String, penalty: LengthPenalty) {
    #expect(LengthPenalty(text) == penalty)
    #expect(LengthPenalty(penalty.description) == penalty)
  }

  @Test(arguments: ["", "mean", "gnmt:", "gnmt:x", "Average"])
  func `other names are refused`(text: String) {
    #expect(LengthPenalty(text) == nil)
    #expect(throws: DecodingError.self) { try decode(#"{"length_penalty": "\#(text)"}"#) }
  }

  @Test func `scores follow the formulas`() {
    #expect(LengthPenalty.none.score(logProbability: -6, length: 4) == -6)
    #expect(LengthPenalty.average.score(logProbability: -6, length: 4) == -1.5)
    // ((5 + 7) / 6)^1 = 2, and its square root for α = 0.5.
    #expect(LengthPenalty.gnmt(alpha: 1).score(logProbability: -6, length: 7) == -3)
    let root = LengthPenalty.gnmt(alpha: 0.5).score(logProbability: -6, length: 7)
    #expect(abs(root + 6 / Float(2).squareRoot()) < 1e-6)
  }
}
