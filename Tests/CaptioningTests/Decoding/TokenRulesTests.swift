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
}
