import Foundation
import Language
import TestSupport
import Testing

struct WordVectorsTests {
  private func read(_ bytes: Data, _ words: Set<String>) throws -> WordVectors {
    let file = try TemporaryFile(bytes, extension: "vec")
    return try WordVectors(path: file.path, words: words)
  }

  private func read(_ text: String, _ words: Set<String>) throws -> WordVectors {
    try read(Data(text.utf8), words)
  }

  /// What went wrong, without the file's path.
  private func failure(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)".replacing(#/^.*\.vec/#, with: "FILE")
    }
  }

  @Test(arguments: [
    "the 0.5 -1 2e-1\npond .25 +3 4.\nduck 1 2 3\n",
    "the 0.5 -1 2e-1\r\npond .25 +3 4.\r\nduck 1 2 3",
    "\u{FEFF}3 3\nthe 0.5 -1 2e-1 \npond .25 +3 4. \nduck 1 2 3 \n",
    "the\t0.5\t-1\t2e-1\npond\t.25\t+3\t4.\nduck\t1\t2\t3\n",
    "99 3\n\nthe  0.5 -1  2e-1\npond .25  +3 4.\nduck 1 2 3\npond 7 7 7\n",
  ])
  func wantedWords(text: String) throws {
    let found = try read(text, ["the", "pond", "goose"])
    #expect(found.size == 3)
    #expect(found.vectors == ["the": [0.5, -1, 0.2], "pond": [0.25, 3, 4]])
  }

  @Test func nothingWanted() throws {
    for text in ["the 1 2\npond 3 4\n", "2 2\nthe 1 2\npond 3 4\n"] {
      let found = try read(text, [])
      #expect(found.size == 2)
      #expect(found.vectors.isEmpty)
      #expect(try read(text, ["goose"]).vectors.isEmpty)
    }
  }

  /// As in GloVe's vectors of 840 billion words.
  @Test func wordsWithSpaces() throws {
    let text = ". . . 1 2 3\nat home 4 5 6\n2020 7 8 9\nno\u{A0}break 1 1 1\n\u{85} 2 2 2\n"
    let found = try read(text, [". . .", "at home", "2020", "no\u{A0}break", "\u{85}"])
    #expect(
      found.vectors == [
        ". . .": [1, 2, 3], "at home": [4, 5, 6], "2020": [7, 8, 9], "no\u{A0}break": [1, 1, 1],
        "\u{85}": [2, 2, 2],
      ])
  }

  @Test func wordsThatNobodyCanWant() throws {
    var bytes = Data("the 1 2\n 3 4\n".utf8)
    bytes += [0xFF, 0xC3] + Data(" 5 6\npond 7 8".utf8)
    #expect(
      try read(bytes, ["the", "pond", "", "x"]).vectors == ["the": [1, 2], "pond": [7, 8]])
  }

  @Test(arguments: [
    ("the 1 2 3\npond 1 2\n", "FILE, line 2: it has 2 numbers where there should be 3"),
    ("the 1 2 3\npond 1 2 3 4\n", "FILE, line 2: it has 4 numbers where there should be 3"),
    ("2 4\nthe 1 2 3\n", "FILE, line 2: it has 3 numbers where there should be 4"),
    ("the 1 2\npond 1 two\n", "FILE, line 2: “two” is not a number that can be used"),
    ("the 1 2\npond 1 nan\n", "FILE, line 2: “nan” is not a number that can be used"),
    ("the 1 2\npond 1 1e99\n", "FILE, line 2: “1e99” is not a number that can be used"),
    ("the 1 2\npond 1 1e\n", "FILE, line 2: “1e” is not a number that can be used"),
    ("the 1 2\npond 1 -\n", "FILE, line 2: “-” is not a number that can be used"),
    ("the 1 2\npond 1 1.2.3\n", "FILE, line 2: “1.2.3” is not a number that can be used"),
    ("the quick fox\n", "FILE, line 1: no numbers follow the word"),
    ("the\n", "FILE, line 1: no numbers follow the word"),
    ("", "FILE: there are no word vectors in it"),
    ("\n \n", "FILE: there are no word vectors in it"),
    ("400000 300\n", "FILE: there are no word vectors in it"),
    ("5 0\nthe\n", "FILE, line 1: vectors of 0 numbers cannot be read"),
    ("5 9999999999\nthe 1\n", "FILE, line 1: vectors of 9999999999 numbers cannot be read"),
    ("5 -1\nthe 1\n", "FILE, line 1: vectors of -1 numbers cannot be read"),
  ])
  func whatIsWrong(text: String, sentence: String) {
    #expect(failure { _ = try read(text, ["pond"]) } == sentence)
  }

  /// Made as word2vec.c does: fprintf("%lld %lld\n"), then for each word fprintf("%s ") and its
  /// floats as they lie in memory, and a line end.
  @Test(arguments: [1, 2, 300])
  func binaryFilesOfWord2vec(size: Int) {
    var bytes = Data("2 \(size)\n".utf8)
    for word in ["</s>", "the"] {
      bytes += Data("\(word) ".utf8)
      for index in 0..<size {
        withUnsafeBytes(of: (Float(index) / 7 - 1).bitPattern.littleEndian) { bytes += $0 }
      }
      bytes += Data("\n".utf8)
    }
    #expect(
      failure { _ = try read(bytes, ["the"]) }
        == "FILE: is in word2vec's binary format, and only its text format can be read")
  }

  /// The first bytes of a ZIP archive, of gzip, of a pickle and of a model of fastText.
  @Test(arguments: [
    [0x50, 0x4B, 0x03, 0x04], [0x1F, 0x8B, 0x08, 0x00], [0x80, 0x04, 0x95, 0x01],
    [0xBA, 0x16, 0x4F, 0x2F, 0x0C, 0x00],
  ])
  func otherBinaryFiles(bytes: [UInt8]) {
    #expect(
      failure { _ = try read(Data(bytes), ["the"]) }
        == "FILE: is no text: word vectors are read from lines of a word and its numbers")
  }

  @Test func filesThatCannotBeRead() {
    #expect(
      failure { _ = try WordVectors(path: "/no/such.vec", words: []) }
        == "FILE: cannot be read: No such file or directory")
    #expect(
      failure { _ = try WordVectors(path: "/tmp", words: []) }
        == "/tmp: cannot be read: it is a folder, not a file")
    #expect(
      failure { _ = try read("the 1 2\n" + String(repeating: "long ", count: 1 << 20), ["x"]) }
        == "FILE, line 2: it is longer than 1 MiB")
  }

  /// Lines end anywhere in what is read at a time.
  @Test func manyLines() throws {
    let rows = (0..<60_000).map { "word\($0) \($0).5 -\($0) \($0)e-3\n" }
    let words = Set((0..<60_000).filter { $0 % 7 == 0 }.map { "word\($0)" })
    let found = try read(rows.joined(), words)
    #expect(Set(found.vectors.keys) == words)
    #expect(
      found.vectors.allSatisfy { word, vector in
        guard let number = Float(word.dropFirst(4)) else { return false }
        return vector == [number + 0.5, -number, number / 1_000]
      })
  }

  /// The C library's strtof is the reference, bit by bit.
  @Test func numbersAreTheNearest() throws {
    var random = SplitMix64(state: 1)
    var texts = [
      "0", "-0", "0.0e5", "16777217", "16777217.0", "16777219", "33554431", "0.1", "1e22", "1e23",
      "3.4028235e38", "1.17549435e-38", "1.4e-45", "0.7e-45", "1e-60", "1e-9999",
      "9007199254740993",
      "1.00000005960464477539", "1.000000059604644775390625", "1.00000005960464477539062501",
      "123456789012345678901234567890", "0.000000000000000000000000012345", "1E+5", "1e+05",
      "00000000000000000000001.5",
    ]
    for _ in 0..<100_000 {
      let bits = Float(bitPattern: .random(in: 0...UInt32.max, using: &random))
      let decimals = Int.random(in: 1...12, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0 where bits.isFinite: texts.append("\(bits)")
      case 1 where abs(bits) < 1e38: texts.append(String(format: "%.\(decimals)e", Double(bits)))
      // Halfway between two floats, or nearly.
      case 2 where abs(bits) < 1e38:
        texts.append(String(format: "%.17g", (Double(bits) + Double(bits.nextUp)) / 2))
      default:
        texts.append(
          String(format: "%.\(decimals)f", Double.random(in: -40...40, using: &random)))
      }
    }
    let row = 1_000
    let rows = stride(from: 0, to: texts.count - row, by: row).map { Array(texts[$0..<$0 + row]) }
    let lines = rows.enumerated().map { "w\($0) " + $1.joined(separator: " ") + "\n" }
    let found = try read(lines.joined(), Set(rows.indices.map { "w\($0)" }))
    for (index, row) in rows.enumerated() {
      let expected = row.map { strtof($0, nil) }
      let wrong = zip(row, zip(found.vectors["w\(index)"] ?? [], expected)).filter {
        $0.1.0.bitPattern != $0.1.1.bitPattern
      }
      #expect(wrong.isEmpty)
      #expect(found.vectors["w\(index)"]?.count == row.count)
    }
  }
}

/// Steele, Lea and Flood, “Fast splittable pseudorandom number generators” (OOPSLA 2014).
private struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
