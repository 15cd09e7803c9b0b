import Captioning
import Language
import Testing

@Suite struct TokenRulesTests {
  let vocabulary: Vocabulary

  init() throws {
    vocabulary = try Vocabulary(
      words: ["<pad>", "<start>", "<end>", "<unk>", "a", "dog"],
      configuration: VocabularyConfiguration(
        file: "v.txt", size: 6, pad: 0, start: 1, end: 2, unknown: 3))
  }

  @Test func `special tokens but the end are forbidden unless the options name others`() throws {
    var options = DecodingOptions()
    options.minimumLength = 2
    options.noRepeatNGram = 3
    #expect(
      try TokenRules(options, vocabulary: vocabulary)
        == TokenRules(end: 2, forbidden: [0, 1, 3], minimumLength: 2, noRepeatNGram: 3))
    options.neverEmit = ["dog", "<end>", "dog"]
    #expect(try TokenRules(options, vocabulary: vocabulary).forbidden == [5])
    options.neverEmit = []
    #expect(try TokenRules(options, vocabulary: vocabulary).forbidden == [])
  }

  @Test func `an end token that is also padding and start stays possible`() throws {
    let shared = try Vocabulary(
      words: ["<end>", "a", "UNK"],
      configuration: VocabularyConfiguration(
        file: "v.txt", size: 3, pad: 0, start: 0, end: 0, unknown: 2))
    #expect(
      try TokenRules(DecodingOptions(), vocabulary: shared) == TokenRules(end: 0, forbidden: [2]))
  }

  @Test func `a word that the vocabulary does not have is an error`() {
    var options = DecodingOptions()
    options.neverEmit = ["zebra"]
    #expect(
      throws: CaptioningError.option(
        name: "never_emit", reason: "names “zebra”, which the vocabulary does not have")
    ) { try TokenRules(options, vocabulary: vocabulary) }
  }

  @Test func `a word to be said stands for its forms in the vocabulary`() throws {
    let vocabulary = try Vocabulary(
      words: ["<pad>", "<start>", "<end>", "<unk>", "dogs", "fire", "dog", "men", "hydrants"],
      configuration: VocabularyConfiguration(
        file: "v.txt", size: 9, pad: 0, start: 1, end: 2, unknown: 3))
    var options = DecodingOptions()
    options.say = ["Dog", "fire hydrant", "man", "dogs"]
    let rules = try TokenRules(options, vocabulary: vocabulary)
    #expect(rules.required == [[4, 6], [5], [8], [7]])
    #expect(rules.satisfied(by: [4, 6, 7]) == 2)
    #expect(rules.satisfied(by: []) == 0)
    for word in ["zebra", "<unk>", "<end>"] {
      options.say = [word]
      #expect(
        throws: CaptioningError.option(
          name: "say", reason: "names “\(word)”, which the model does not know in any form")
      ) { try TokenRules(options, vocabulary: vocabulary) }
    }
    options.say = ["men"]
    options.neverEmit = ["men"]
    #expect(throws: CaptioningError.self) { try TokenRules(options, vocabulary: vocabulary) }
  }
}
