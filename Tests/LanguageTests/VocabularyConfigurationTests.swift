import Foundation
import Language
import Testing

@Suite struct VocabularyConfigurationTests {
  @Test func `absent and null tokens are nil`() throws {
    let text = #"{"file": "v.txt", "size": 9, "pad": null, "start": 1, "end": 2}"#
    let configuration = try JSONDecoder().decode(
      VocabularyConfiguration.self, from: Data(text.utf8))
    #expect(configuration == VocabularyConfiguration(file: "v.txt", size: 9, start: 1, end: 2))
    #expect(configuration.tokenizer == "words")
  }

  @Test func `what is written is read again`() throws {
    let configuration = VocabularyConfiguration(
      file: "v.txt", size: 9, pad: 0, start: 1, end: 2, unknown: 3, tokenizer: "ptb")
    let data = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(VocabularyConfiguration.self, from: data) == configuration)
  }
}
