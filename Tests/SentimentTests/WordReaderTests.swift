import Language
import Sentiment
import Testing

@Suite struct WordReaderTests {
  private func reader() throws -> WordReader {
    WordReader(
      words: try WordList(words: ["<pad>", "<p>", "good", "so", "book"], path: "test"),
      buckets: 8192)
  }

  @Test func `known words are found, elongated ones too`() throws {
    let reader = try reader()
    #expect(
      ["good", "soo", "book", "goodd", "film"].map { reader.id(of: $0) } == [2, 3, 4, nil, nil])
    // All doubled letters are written once, so that “goodd” is looked for as “god”.
  }

  @Test func `unknown words are numbered, each once`() throws {
    var unknown = UnknownWords()
    let tokens = try reader().read(["film", "good", "flm", "film"], unknown: &unknown)
    #expect(tokens == [~0, 2, ~1, ~0])
    #expect(unknown.pieces.count == 2)
  }

  // def fnv(s):
  //     h = 2166136261
  //     for b in s.encode(): h = ((h ^ b) * 16777619) & 0xffffffff
  //     return h
  // for w in ("ab", "né", "film"):
  //     s = "<" + w + ">"
  //     print([fnv(s[i:i + n]) % 8192 for n in (3, 4, 5) for i in range(len(s) - n + 1)])
  @Test(arguments: [
    ("ab", [1764, 7964, 2350]),
    ("né", [7543, 201, 6635]),
    ("film", [3530, 500, 5647, 1988, 7250, 987, 3875, 5933, 383]),
  ])
  func `pieces are hashed by FNV-1a`(word: String, expected: [Int32]) throws {
    #expect(try reader().pieces(of: word) == expected)
  }
}
