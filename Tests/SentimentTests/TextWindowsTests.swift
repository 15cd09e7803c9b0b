import Language
import Sentiment
import Testing

@Suite struct TextWindowsTests {
  /// 0 pads, 1 is a break of paragraphs, 2 a full stop, 3 a word.
  private func windows() throws -> TextWindows {
    TextWindows(
      WordReader(
        words: try WordList(words: ["<pad>", "<p>", ".", "word"], path: "test"), buckets: 8))
  }

  private func text(_ sentences: [Int]) -> [Int32] {
    sentences.flatMap { [Int32](repeating: 3, count: $0 - 1) + [2] }
  }

  @Test func `sentences are packed while they fit`() throws {
    #expect(try windows().cut(text([30, 30, 10, 5])) == [0..<60, 60..<75])
    #expect(try windows().cut(text([30, 30, 10, 5]), limit: 20) == [0..<30, 30..<60, 60..<75])
  }

  @Test func `a long sentence is cut`() throws {
    #expect(try windows().cut(text([10, 150, 10])) == [0..<10, 10..<74, 74..<138, 138..<170])
    #expect(try windows().cut([Int32](repeating: 3, count: 64)) == [0..<64])
  }

  @Test func `breaks at the ends of windows are left out`() throws {
    #expect(try windows().cut([1, 3, 2, 1] + text([62]) + [1]) == [1..<3, 4..<66])
    #expect(try windows().cut([1, 1]).isEmpty)
    #expect(try windows().cut([]).isEmpty)
  }
}
