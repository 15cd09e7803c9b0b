internal import Foundation

/// A text's scalars, lower-cased and in plain spelling, each with its place in the text.
///
/// References of HTML and escapes of programs become what they stand for, all apostrophes, quotation
/// marks and dashes one kind, also where UTF-8 was once read as Windows-1252 (“donâ€™t”). Letters of
/// styles, ligatures and letters with an accent of their own become common letters; what has no
/// width is left out.
struct TextScalars {
  private(set) var scalars: [UInt32] = []
  /// For each scalar its first byte in the text; one more at the end.
  private(set) var offsets: [Int] = []

  init(_ text: String) {
    scalars.reserveCapacity(text.utf8.count)
    offsets.reserveCapacity(text.utf8.count + 1)
    let view = text.unicodeScalars
    var index = view.startIndex
    var offset = 0
    while index < view.endIndex {
      let scalar = view[index]
      var length = 1
      var bytes = UTF8.width(scalar)
      switch scalar {
      case "&", "\\", "\u{E2}", "#", "<", "\u{C2}", "\u{1B}":
        if let spelled = Self.spelledOut(view[index...], after: scalars.last) {
          (length, bytes) = (spelled.length, spelled.bytes)
          if let value = spelled.value.flatMap(Unicode.Scalar.init) { add(value, at: offset) }
        } else {
          add(scalar, at: offset)
        }
      default: add(scalar, at: offset)
      }
      index = length == 1 ? view.index(after: index) : view.index(index, offsetBy: length)
      offset += bytes
    }
    offsets.append(offset)
  }

  /// The character that several at the beginning of a text stand for; its value is nil where they
  /// stand for nothing.
  ///
  /// - Parameter previous: what stands before it.
  private static func spelledOut(
    _ text: Substring.UnicodeScalarView, after previous: UInt32?
  ) -> (value: UInt32?, length: Int, bytes: Int)? {
    if let found = CharacterReference.html(text) ?? CharacterReference.bare(text)
      ?? CharacterReference.bracketed(text)
    {
      return (found.value, found.length, found.length)
    }
    var rest = text.dropFirst()
    guard let first = text.first, let second = rest.popFirst() else { return nil }
    switch first {
    case "\\": return escape(text, second: second, after: previous)
    // Latin-1 that was once UTF-8: “Â” before each sign, and before spaces.
    case "\u{C2}"
    where (0x80...0xBF).contains(second.value) || " ’‘".unicodeScalars.contains(second):
      return (nil, 1, 2)
    // Colours of a terminal.
    case "\u{1B}" where second == "[":
      let numbers = rest.prefix(16).prefix { $0.isASCII && !$0.properties.isAlphabetic }
      // The letter that ends it may be missing.
      let end = rest.dropFirst(numbers.count).first.map { $0.isASCII ? 1 : 0 } ?? 0
      return (nil, 2 + numbers.count + end, 2 + numbers.count + end)
    case "\u{E2}" where second == "\u{20AC}" || second == "\u{80}":
      guard let third = rest.first, let value = misread[third.value] else { return nil }
      return (value, 3, 2 + UTF8.width(second) + UTF8.width(third))
    default: return nil
    }
  }

  /// What a backslash and what is behind it stand for.
  private static func escape(
    _ text: Substring.UnicodeScalarView, second: Unicode.Scalar, after previous: UInt32?
  ) -> (value: UInt32?, length: Int, bytes: Int)? {
    let bytes = [text.prefix(4), text.dropFirst(4).prefix(4), text.dropFirst(8).prefix(4)]
      .map { CharacterReference.backslash($0)?.value }
    if bytes[0] == 0xE2, bytes[1] == 0x80, let third = bytes[2], let value = misread[third] {
      return (value, 12, 12)
    }
    if let found = CharacterReference.backslash(text) {
      return (found.value, found.length, found.length)
    }
    switch second {
    case "'", "\"", "\\", "’", "‘", "&": return (nil, 1, 1)
    case "t" where previous == letterN && text.dropFirst(2).first?.properties.isAlphabetic != true:
      return (Ascii.apostrophe, 1, 1)
    case "n", "r", "t": return (Ascii.space, 2, 2)
    default: return nil
    }
  }

  private static let letterN = UInt32(UInt8(ascii: "n"))

  /// What the third byte of E2 80 xx becomes when UTF-8 is read as Windows-1252 or Latin-1, and what
  /// was meant.
  private static let misread: [UInt32: UInt32] = [
    0x2DC: 0x2018, 0x98: 0x2018, 0x2122: 0x2019, 0x99: 0x2019, 0x153: 0x201C, 0x9C: 0x201C,
    0x9D: 0x201D, 0xA6: 0x2026, 0x201C: 0x2013, 0x93: 0x2013, 0x201D: 0x2014, 0x94: 0x2014,
  ]

  private mutating func add(_ scalar: Unicode.Scalar, at offset: Int) {
    let value = scalar.value
    guard value >= 0x80 else {
      switch scalar {
      case "A"..."Z": add(value + 32, offset)
      // Control characters that are no space.
      case "\u{1}"..."\u{8}", "\u{E}"..."\u{1F}", "\u{7F}": break
      case "`": add(Ascii.apostrophe, offset)
      default: add(value, offset)
      }
      return
    }
    switch value {
    case 0x2018...0x201B, 0xB4, 0x91, 0x92, 0x2B9, 0x2BB...0x2BD, 0x2C8, 0x2CA, 0x2CB, 0x2032,
      0x2035, 0x275B, 0x275C, 0x55A, 0xA78C, 0xFF07, 0xFF40:
      add(Ascii.apostrophe, offset)
    case 0x201C...0x201F, 0x93, 0x94, 0x2033, 0x275D, 0x275E, 0xFF02: add(Ascii.quote, offset)
    case 0x2026, 0x85: for _ in 0..<3 { add(Ascii.dot, offset) }
    case 0x2013, 0x2014, 0x96, 0x97: add(Ascii.space, offset)
    case 0x2010...0x2012, 0x2212: add(UInt32(UInt8(ascii: "-")), offset)
    // Soft hyphens, joiners, marks of direction and form, byte order marks: nothing that is seen.
    case 0xAD, 0x180B...0x180F, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFE00...0xFE0F,
      0xFEFF, 0xE0000...0xE01EF:
      break
    // Marks that make no letter of their own.
    case 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0xFE20...0xFE2F: break
    case 0x300...0x36F: combine(scalar)
    case 0xFB00...0xFB06, 0xFF01...0xFF5E, 0x1D400...0x1D7FF:
      for plain in String(scalar).precomposedStringWithCompatibilityMapping.unicodeScalars {
        addLowercase(plain, offset)
      }
    default: addLowercase(scalar, offset)
    }
  }

  private mutating func addLowercase(_ scalar: Unicode.Scalar, _ offset: Int) {
    for lower in scalar.properties.lowercaseMapping.unicodeScalars {
      // “İ” is an “i” with a dot above.
      if (0x300...0x36F).contains(lower.value) {
        combine(lower)
      } else {
        add(lower.value, offset)
      }
    }
  }

  /// Sets an accent on the letter before it; one that makes no letter with it is left out.
  private mutating func combine(_ accent: Unicode.Scalar) {
    guard let last = scalars.last.flatMap(Unicode.Scalar.init) else { return }
    var pair = String.UnicodeScalarView()
    pair.append(last)
    pair.append(accent)
    let joined = String(pair).precomposedStringWithCanonicalMapping.unicodeScalars
    if joined.count == 1, let letter = joined.first { scalars[scalars.count - 1] = letter.value }
  }

  private mutating func add(_ value: UInt32, _ offset: Int) {
    scalars.append(value)
    offsets.append(offset)
  }
}

/// Values of scalars that texts are read by.
enum Ascii {
  static let apostrophe = UInt32(UInt8(ascii: "'"))
  static let quote = UInt32(UInt8(ascii: "\""))
  static let dot = UInt32(UInt8(ascii: "."))
  static let space = UInt32(UInt8(ascii: " "))
  static let slash = UInt32(UInt8(ascii: "/"))
}
