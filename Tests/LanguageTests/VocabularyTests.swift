import Foundation
import Language
import TestSupport
import Testing

@Suite struct VocabularyTests {
  let configuration = VocabularyConfiguration(
    file: "words.txt", size: 6, pad: 0, start: 1, end: 2, unknown: 3)

  func read(_ text: String, size: Int = 6) throws -> Vocabulary {
    let file = try TemporaryFile(Data(text.utf8), extension: "txt")
    var configuration = configuration
    configuration.size = size
    return try Vocabulary(path: file.path, configuration: configuration)
  }

  func description(_ body: () throws -> Vocabulary) -> String {
    do {
      _ = try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    "<pad>\n<start>\n<end>\n<unk>\ndog\ncafé\n", "<pad>\n<start>\n<end>\n<unk>\ndog\ncafé",
    "<pad>\r\n<start>\r\n<end>\r\n<unk>\r\ndog\r\ncafé\r\n",
  ])
  func `a word's id is its line`(text: String) throws {
    let vocabulary = try read(text)
    #expect(vocabulary.count == 6)
    #expect(vocabulary[4] == "dog")
    #expect(vocabulary[5] == "café")
    #expect(vocabulary.id(of: "<end>") == 2)
    #expect(vocabulary.id(of: "cat") == nil)
  }

  @Test func `captions become ids and words again`() throws {
    let vocabulary = try read("<pad>\n<start>\n<end>\n<unk>\na\ndog\n")
    #expect(vocabulary.encode(["a", "zebra", "dog"]) == [4, 3, 5])
    #expect(vocabulary.words(of: [1, 4, 5, 3, 2, 0]) == ["a", "dog", "<unk>"])
  }

  @Test func `a model may use one id for padding, start and end, and have no unknown token`() throws
  {
    let shared = VocabularyConfiguration(file: "words.txt", size: 3, pad: 0, start: 0, end: 0)
    let vocabulary = try Vocabulary(words: ["<end>", "a", "dog"], configuration: shared)
    #expect(vocabulary.encode(["a", "zebra", "dog"]) == [1, 2])
    #expect(vocabulary.words(of: [0, 1, 2, 0]) == ["a", "dog"])
  }

  @Test func `errors name the file, the line and the reason`() throws {
    func lines(_ error: String) -> String {
      error.replacing(#/^.*\.txt/#, with: "FILE")
    }
    let cases: [(String, Int, String)] = [
      ("a\nb\na\n", 3, "FILE, line 3: not a vocabulary: “a” already stands on line 1"),
      ("a\n\nb\n", 3, "FILE, line 2: not a vocabulary: the line is empty"),
      ("a\nb c\n", 2, "FILE, line 2: not a vocabulary: a word cannot hold white space"),
      ("a\nb\n", 3, "FILE: has 2 words, the model's configuration says 3"),
      ("", 3, "FILE: has 0 words, the model's configuration says 3"),
      ("a\nb\nc\n", 3, "FILE: the “unknown” token's id 3 is outside its 3 words"),
    ]
    for (text, size, expected) in cases {
      #expect(lines(description { try read(text, size: size) }) == expected)
    }
  }

  @Test func `files that are missing, folders or no text are refused`() throws {
    #expect(
      description { try Vocabulary(path: "/no/such.txt", configuration: configuration) }
        == "/no/such.txt: cannot be read: No such file or directory")
    #expect(
      description { try Vocabulary(path: "/tmp", configuration: configuration) }
        .hasPrefix("/tmp: cannot be read: "))
    let binary = try TemporaryFile(Data([0x61, 0x0A, 0xFF, 0xFE, 0x0A]))
    #expect(
      description { try Vocabulary(path: binary.path, configuration: configuration) }
        == "\(binary.path): cannot be read: it is not UTF-8 text")
    #expect(
      description { try Vocabulary(path: "/dev/zero", configuration: configuration) }
        == "/dev/zero: cannot be read: it is a device, not a file")
  }
}
