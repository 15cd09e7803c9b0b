internal import Foundation

/// Text as the full-text index sees it: runs of letters and digits, without case and diacritics
/// (SQLite's unicode61 tokenizer with remove_diacritics).
package enum SearchText {
  enum Kind {
    case word
    /// Of a script that writes words without blanks between them: the index cannot part them.
    case unspaced
    /// A symbol such as an emoji, which the index passes by.
    case pictogram
    case other
  }

  static func kind(of scalar: Unicode.Scalar) -> Kind {
    if scalar.isASCII { return isASCIIWord(UInt8(scalar.value)) ? .word : .other }
    switch scalar.value {
    // Thai and Lao; Myanmar; Khmer; kana and CJK ideographs with their extensions; Hangul.
    case 0x0E01...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3005...0x3007, 0x3040...0x30FF,
      0x31F0...0x31FF, 0x3400...0x9FFF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFF66...0xFF9D,
      0x2_0000...0x3_FFFF:
      return .unspaced
    default: break
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber, .privateUse:
      return .word
    case .otherSymbol: return .pictogram
    default: return .other
    }
  }

  static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

  /// Straight quotation marks, and those that other programs turn them into.
  static func isQuote(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\"" || scalar == "“" || scalar == "”" || scalar == "„"
  }

  /// Whether the words occur in the text in this order, one right after the other.
  ///
  /// - Parameter isPrefix: whether the last of them may go on.
  package static func contains(_ text: String, words: String, isPrefix: Bool) -> Bool {
    let wanted = split(words)
    let words = split(text)
    guard let last = wanted.last, words.count >= wanted.count else { return false }
    return (0...(words.count - wanted.count)).contains { start in
      let end = start + wanted.count - 1
      return words[start..<end].elementsEqual(wanted.dropLast())
        && (isPrefix ? words[end].starts(with: last) : words[end] == last)
    }
  }

  /// The words of a text, folded, as scalars: two texts are the same if these are.
  private static func split(_ text: String) -> [ArraySlice<Unicode.Scalar>] {
    let folded =
      text.utf8.allSatisfy { $0 < 0x80 }
      ? text.lowercased()
      : text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    return Array(folded.unicodeScalars).split { scalar in
      switch kind(of: scalar) {
      case .word, .unspaced: false
      case .pictogram: true
      case .other: !isMark(scalar)
      }
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }

  private static func isASCIIWord(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }
}
