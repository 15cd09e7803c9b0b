import Foundation
import Imaging
import SystemPackage

/// What a command writes, and what may stand where it writes: told by how a file begins, since names
/// are not to be trusted.
enum FileKind {
  /// Also JSON lines.
  case json
  case page
  /// Records of equally many cells between commas or tabs, in tables with sentiments also semicolons.
  case table
  /// A drawing of this program, as SVG.
  case drawing
  /// A picture that this program has drawn, as PNG.
  case figure
  case array
  /// SQLite's files and their logs.
  case store
  case photo
  case weights
  case other

  /// With its article.
  var name: String {
    switch self {
    case .json: "JSON"
    case .page: "an HTML page"
    case .table: "a table"
    case .drawing: "an SVG drawing of this program"
    case .figure: "a figure of this program"
    case .array: "a NumPy array"
    case .store: "a store"
    case .photo: "a picture that this program has not drawn"
    case .weights: "a file of weights"
    case .other: "another kind of file"
    }
  }

  /// How much of a file is looked at, in bytes.
  static let beginningSize = 4096

  /// - Parameter beginning: of the file.
  /// - Returns: nil for an empty file, which is of any kind.
  init?(beginning: [UInt8]) {
    guard !beginning.isEmpty else { return nil }
    self = Self.binaryKind(beginning) ?? Self.textKind(beginning) ?? .other
  }

  private static func binaryKind(_ bytes: [UInt8]) -> FileKind? {
    func begins(_ magic: String, at offset: Int = 0) -> Bool {
      bytes.dropFirst(offset).starts(with: magic.utf8)
    }
    if begins("SQLite format 3\0") || isWriteAheadLog(bytes) { return .store }
    if FigureFile.begins(with: bytes) { return .figure }
    if ImageFormat(bytes) != nil || rawPictures.contains(where: { begins($0) }) { return .photo }
    // All that ISO/IEC 14496-12 is the form of: further HEIF, JPEG XL, Canon's raw files, films.
    if begins("ftyp", at: 4) || begins("JXL ", at: 4) { return .photo }
    if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) { return .array }
    // safetensors: the length of a JSON object in eight bytes, then the object.
    if bytes.count > 8, bytes[8] == UInt8(ascii: "{"), bytes[5...7].allSatisfy({ $0 == 0 }) {
      return .weights
    }
    return nil
  }

  /// GIF, TIFF and the raw pictures of cameras that go by it, Photoshop, Fujifilm, JPEG 2000.
  private static let rawPictures = [
    "GIF8", "II*\0", "MM\0*", "IIRO", "IIRS", "IIU\0", "8BPS", "FUJIFILM", "\0\0\0\u{C}jP",
  ]

  /// SQLite's file format, 4.1.
  private static func isWriteAheadLog(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x37, 0x7F, 0x06]) && [0x82, 0x83].contains(bytes.dropFirst(3).first)
  }

  private static func textKind(_ bytes: [UInt8]) -> FileKind? {
    guard !bytes.contains(where: { $0 < 0x20 && !(9...13).contains($0) }) else { return nil }
    var text = String(decoding: bytes, as: UTF8.self)
    text = String(text.drop { $0.isWhitespace || $0 == "\u{FEFF}" })
    let start = text.prefix(200).lowercased()
    if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") { return .page }
    if start.hasPrefix("<svg") { return isOwnDrawing(text) ? .drawing : nil }
    if beginsJSON(text) { return .json }
    return isTable(bytes) ? .table : nil
  }

  /// Whether a comment says what has made a drawing: see `SVGCanvas`.
  private static func isOwnDrawing(_ text: String) -> Bool {
    text.drop { $0 != ">" }.hasPrefix(">\n<!-- caption -->")
  }

  private static func isTable(_ bytes: [UInt8]) -> Bool {
    if isTable(bytes, separator: UInt8(ascii: ",")) { return true }
    if isTable(bytes, separator: UInt8(ascii: "\t")) { return true }
    // Statements of many languages end in semicolons; only tables with sentiments are written so.
    return firstLine(bytes).hasSuffix(";sentiment;sentiment_probability")
      && isTable(bytes, separator: UInt8(ascii: ";"))
  }

  private static func firstLine(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.prefix { ![10, 13].contains($0) }, as: UTF8.self)
  }

  private static func isTable(_ bytes: [UInt8], separator: UInt8) -> Bool {
    let newline = UInt8(ascii: "\n")
    // Tables with tabs between their columns know no quotes.
    let quote: UInt8? = separator == UInt8(ascii: "\t") ? nil : UInt8(ascii: "\"")
    var counts: [Int] = []
    var count = 0
    var isQuoted = false
    var isCellBeginning = true
    for byte in bytes {
      if isQuoted {
        // The first of two quotes ends the cell, and the second goes on with it.
        if byte == quote { isQuoted = false }
        isCellBeginning = byte == quote
      } else if byte == quote, isCellBeginning {
        isQuoted = true
      } else if byte == separator {
        count += 1
        isCellBeginning = true
      } else if byte == newline {
        counts.append(count)
        count = 0
        isCellBeginning = true
      } else {
        isCellBeginning = false
      }
    }
    let isWhole = bytes.count < beginningSize && !isQuoted
    if counts.isEmpty || isWhole && bytes.last != newline { counts.append(count) }
    guard let first = counts.first, first > 0, counts.allSatisfy({ $0 == first }) else {
      return false
    }
    guard counts.count == 1 else { return true }
    if separator == UInt8(ascii: "\t"), first == 1 { return true }
    // The headings of an export, of a data set's, and of a table with sentiments.
    let line = firstLine(bytes)
    return line == "id,image,split,caption" || line.hasSuffix("sentiment_probability")
  }

  private static func beginsJSON(_ text: String) -> Bool {
    guard let bracket = text.first, let next = text.dropFirst().first(where: { !$0.isWhitespace })
    else { return text == "[" || text == "{" }
    switch bracket {
    case "{": return next == "\"" || next == "}"
    case "[":
      let first = text.dropFirst().drop { $0.isWhitespace }
      return "[]{\"-0123456789".contains(next)
        || ["true", "false", "null"].contains { first.hasPrefix($0) }
    default: return false
    }
  }
}
