internal import Foundation

/// How many captions there are, how long they are, and how many different words they use.
package struct CaptionStatistics: Sendable {
  package private(set) var photos = 0
  package private(set) var captions = 0
  /// Captions a photo; nil where there are no photos.
  package private(set) var captionsPerPhoto: ClosedRange<Int>?
  /// In all captions together.
  package private(set) var words = 0
  /// Words a caption; nil where there are no captions.
  package private(set) var wordsPerCaption: ClosedRange<Int>?
  /// How often each word occurs.
  private var counts: [String: Int] = [:]

  package init() {}

  /// Counts a photo with its captions.
  package mutating func add(_ references: [String]) {
    photos += 1
    captions += references.count
    captionsPerPhoto = captionsPerPhoto.joined(with: references.count)
    for words in references.map(captionWords) {
      self.words += words.count
      wordsPerCaption = wordsPerCaption.joined(with: words.count)
      for word in words { counts[word, default: 0] += 1 }
    }
  }

  /// How many different words occur at least so often.
  package func vocabulary(atLeast count: Int = 1) -> Int { counts.values.count { $0 >= count } }
}

extension ClosedRange<Int>? {
  fileprivate func joined(with value: Int) -> ClosedRange<Int> {
    guard let range = self else { return value...value }
    return Swift.min(range.lowerBound, value)...Swift.max(range.upperBound, value)
  }
}

/// The words of a caption as Karpathy's splits have them: in small letters, without ASCII
/// punctuation, as `str(s).lower().translate(None, string.punctuation).strip().split()` makes them
/// in the `prepro.py` of NeuralTalk2.
package func captionWords(_ caption: String) -> [String] {
  var words: [String] = []
  var word: [UInt8] = []
  func finish() {
    if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
    word.removeAll(keepingCapacity: true)
  }
  for byte in caption.utf8 {
    switch byte {
    case 9...13, 28...32: finish()
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 0x20)
    case 0x80...:
      // Other alphabets have capitals and spaces, too.
      return caption.lowercased().split(whereSeparator: \.isWhitespace).compactMap { word in
        let kept = word.utf8.filter { !isPunctuation($0) }
        return kept.isEmpty ? nil : String(decoding: kept, as: UTF8.self)
      }
    default: if !isPunctuation(byte) { word.append(byte) }
    }
  }
  finish()
  return words
}

/// As Python's `string.punctuation`.
private func isPunctuation(_ byte: UInt8) -> Bool {
  switch byte {
  case 33...47, 58...64, 91...96, 123...126: true
  default: false
  }
}
