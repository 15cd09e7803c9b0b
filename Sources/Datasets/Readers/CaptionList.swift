internal import Foundation

/// Several captions in one string, as tables have them: a list as JSON writes it, also within a string
/// of JSON, as Python's `str` writes lists and tuples (and pandas in a cell), or as NumPy prints an
/// array, without commas or within `array(…)`. Members that are missing are passed over.
package enum CaptionList {
  /// The captions in a text that is a list of strings, and nothing else.
  ///
  /// - Returns: nil where it is not.
  package static func captions(in text: String) -> [String]? {
    switch text.utf8.first(where: { !isSpace($0) }) {
    case UInt8(ascii: "\""):
      guard let inner = try? JSONDecoder().decode(String.self, from: Data(text.utf8)) else {
        return nil
      }
      return inner.utf8.first { !isSpace($0) } == UInt8(ascii: "[") ? captions(in: inner) : nil
    case UInt8(ascii: "["):
      if let captions = try? JSONDecoder().decode([String?].self, from: Data(text.utf8)) {
        return captions.compactMap { $0 }
      }
    case UInt8(ascii: "("): break
    case UInt8(ascii: "a"):
      guard text.utf8.drop(while: isSpace).starts(with: PythonList.array) else { return nil }
    default: return nil
    }
    var list = PythonList(text)
    return list.strings()
  }

  /// Whether a text begins as a list of strings does, or has the brackets of one.
  static func isBegun(in text: String) -> Bool {
    var rest = text.utf8.drop(while: isSpace)
    let isArray = rest.starts(with: PythonList.array)
    if isArray { rest = rest.dropFirst(PythonList.array.count).drop(while: isSpace) }
    let begin = rest.popFirst()
    let end = text.utf8.last { !isSpace($0) }
    let first = rest.first { !isSpace($0) }
    let isQuoted = first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
    switch begin {
    case UInt8(ascii: "["): return isArray || end == UInt8(ascii: "]") || isQuoted
    // Captions may begin with something in parentheses.
    case UInt8(ascii: "("): return end == UInt8(ascii: ")") && isQuoted
    default: return false
    }
  }

  fileprivate static func isSpace(_ byte: UInt8) -> Bool { " \t\r\n".utf8.contains(byte) }
}

/// Reads what Python writes of a list of strings
/// (https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals), and takes
/// nothing else.
private struct PythonList {
  private let bytes: [UInt8]
  private var position = 0

  /// What NumPy begins an array with.
  static let array = Array("array(".utf8)

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func strings() -> [String]? {
    passSpaces()
    let isArray = take(Self.array)
    if isArray { passSpaces() }
    var found: [String]?
    if take("[") {
      found = members("]")
    } else if !isArray, take("(") {
      found = members(")")
    }
    guard let found else { return nil }
    if isArray {
      passSpaces()
      if take(",") {
        passSpaces()
        // NumPy's names of types have neither spaces nor parentheses, and perhaps quotes.
        guard take(Array("dtype=".utf8)) else { return nil }
        while position < bytes.count, bytes[position] != UInt8(ascii: ")"),
          !CaptionList.isSpace(bytes[position])
        { position += 1 }
      }
      guard take(")") else { return nil }
    }
    return bytes[position...].allSatisfy(CaptionList.isSpace) ? found : nil
  }

  /// What stands before a closing bracket. In parentheses a single string without a comma is no tuple.
  private mutating func members(_ bracket: Unicode.Scalar) -> [String]? {
    var found: [String] = []
    passSpaces()
    if take(bracket) { return found }
    /// Whether commas stand between the strings of this list.
    var hasCommas: Bool?
    while true {
      if !takeMissing() {
        guard let text = string() else { return nil }
        found.append(text)
      }
      let end = position
      passSpaces()
      if take(bracket) { return bracket == ")" && hasCommas != true ? nil : found }
      let isComma = take(",")
      guard isComma || position > end, hasCommas ?? isComma == isComma else { return nil }
      hasCommas = isComma
      passSpaces()
      if isComma, take(bracket) { return found }
    }
  }

  /// What stands for nothing in Python and JSON.
  private mutating func takeMissing() -> Bool {
    ["None", "nan", "NaN", "null"].contains { take(Array($0.utf8)) }
  }

  private mutating func passSpaces() {
    while position < bytes.count, CaptionList.isSpace(bytes[position]) { position += 1 }
  }

  private mutating func take(_ mark: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
    position += 1
    return true
  }

  private mutating func take(_ word: [UInt8]) -> Bool {
    guard bytes[position...].starts(with: word) else { return false }
    position += word.count
    return true
  }

  /// - Returns: nil where there is no string, or none that ends.
  private mutating func string() -> String? {
    // As Python 2 marks text.
    _ = take("u")
    let quote: UInt8
    if take("'") {
      quote = UInt8(ascii: "'")
    } else if take("\"") {
      quote = UInt8(ascii: "\"")
    } else {
      return nil
    }
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case quote: return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return nil
      case UInt8(ascii: "\\"):
        guard let scalar = escaped() else { return nil }
        text += Array(String(Character(scalar)).utf8)
      default: text.append(byte)
      }
    }
    return nil
  }

  /// What a backslash and what follows it stand for.
  private mutating func escaped() -> Unicode.Scalar? {
    guard position < bytes.count else { return nil }
    let mark = Unicode.Scalar(bytes[position])
    position += 1
    switch mark {
    case "\\", "'", "\"": return mark
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "x": return hexadecimal(2)
    case "u": return hexadecimal(4)
    case "U": return hexadecimal(8)
    default: return nil
    }
  }

  private mutating func hexadecimal(_ count: Int) -> Unicode.Scalar? {
    guard position + count <= bytes.count else { return nil }
    let digits = String(decoding: bytes[position..<position + count], as: UTF8.self)
    position += count
    guard digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16) else { return nil }
    return Unicode.Scalar(value)
  }
}
