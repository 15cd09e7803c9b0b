import CaptionTraining
import Language
import Tensors
import Testing

@Suite struct EncodedCaptionsTests {
  private let set = CaptionSet(
    .features(FewFeatures(Tensor([2, 1, 1]))),
    names: ["a.jpg", "b.jpg"],
    references: [
      ["A red kite, high up.", "a kite!"], ["Kites and a red boat on a lake .", "..."],
    ])

  private func words() -> CaptionWords {
    var words = CaptionWords()
    for references in set.references { words.add(references) }
    return words
  }

  @Test func `the vocabulary has the frequent words after the special tokens`() throws {
    let vocabulary = try words().vocabulary(atLeast: 2, file: "v.txt")
    #expect(vocabulary.words == ["<pad>", "<start>", "<end>", "<unk>", "a", "kite", "red"])
    let special = vocabulary.configuration
    #expect(special.pad == 0 && special.start == 1 && special.end == 2 && special.unknown == 3)
  }

  @Test func `captions become tokens, and those that are too long are cut and counted`() throws {
    let vocabulary = try words().vocabulary(atLeast: 2, file: "v.txt")
    let captions = EncodedCaptions(set, vocabulary: vocabulary, limit: 6)
    #expect(captions.captions.map(\.words) == [[4, 6, 5, 3, 3], [4, 5], [3, 3, 4, 6, 3, 3]])
    #expect(captions.captions.map(\.image) == [0, 0, 1])
    #expect(captions.captions.map(\.isCut) == [false, false, true])
    #expect(captions.cut == 1 && captions.words == 15 && captions.unknown == 7)
  }

  @Test func `given words need the special tokens`() {
    #expect(throws: VocabularyError.self) {
      try CaptionWords.vocabulary(["<pad>", "<start>", "a"], file: "v.txt")
    }
  }
}
