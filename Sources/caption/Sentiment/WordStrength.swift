import Algorithms

/// How strongly a word leans, for the eye: colours come in a few steps that can be told apart.
struct WordStrength {
  /// −3 to 3: none at all, and three steps to either side.
  let steps: [Int]

  /// A text whose words all say little has no strong ones, in log-odds.
  private static let leastFull = 0.5

  /// - Parameter words: of one text; the strongest of them is the measure of the others.
  init(_ words: [ClassifiedText.Word]) {
    let full = max(Self.leastFull, words.map { abs($0.leaning) }.max() ?? 0)
    steps = words.map { word in
      let share = abs(word.leaning) / full
      let step = share < 0.12 ? 0 : share < 0.35 ? 1 : share < 0.65 ? 2 : 3
      return word.leaning < 0 ? -step : step
    }
  }
}

extension ClassifiedText {
  /// The text in pieces, one after another: words with how strongly they lean, and what stands
  /// between them.
  var pieces: [(text: String, word: Word?, step: Int)] {
    let bytes = Array(text.utf8)
    func between(_ range: Range<Int>) -> [(text: String, word: Word?, step: Int)] {
      range.isEmpty ? [] : [(String(decoding: bytes[range], as: UTF8.self), nil, 0)]
    }
    var position = 0
    var pieces: [(text: String, word: Word?, step: Int)] = []
    for (word, step) in zip(words, WordStrength(words).steps)
    where word.bytes.lowerBound >= position {
      pieces += between(position..<word.bytes.lowerBound)
      pieces.append((word.text, word, step))
      position = word.bytes.upperBound
    }
    return pieces + between(position..<bytes.count)
  }

  /// The words that say most, in whichever direction, each once; no punctuation, and none that says
  /// next to nothing.
  func strongestWords(_ count: Int) -> [Word] {
    Array(
      words.filter { abs($0.leaning) >= 0.05 && $0.text.contains { $0.isLetter || $0.isNumber } }
        .sorted { abs($0.leaning) > abs($1.leaning) }
        .uniqued { $0.text.lowercased() }
        .prefix(count))
  }
}
