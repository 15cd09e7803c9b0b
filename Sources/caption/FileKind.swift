import Foundation
import Imaging
import SystemPackage

/// What a command writes, and what may stand where it writes: told by how a file begins, since names
/// are not to be trusted.
enum FileKind {
  /// Also JSON lines.
  case json
  case page
  /// Lines of cells between commas, semicolons or tabs.
  case table
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
    case .drawing: "an SVG drawing"
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
    if start.hasPrefix("<svg") || start.hasPrefix("<?xml") && text.contains("<svg") {
      return .drawing
    }
    if beginsJSON(text) { return .json }
    let line = text.prefix { !$0.isNewline }
    return line.contains { ",;\t".contains($0) } && !line.hasPrefix("#!") ? .table : nil
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
