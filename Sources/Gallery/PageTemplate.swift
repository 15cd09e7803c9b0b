internal import Files
internal import Foundation
internal import Store

/// The text of a page with places in it, written `{{name}}`.
struct PageTemplate {
  private let text: String

  init(_ text: String) { self.text = text }

  /// Writes the text from beginning to end, and in each place what `fill` writes there; that is not
  /// looked at again.
  ///
  /// - Throws: what `write` and `fill` throw.
  func write(to write: (Data) throws -> Void, fill: (_ place: String) throws -> Void) throws {
    var rest = text[...]
    while let open = rest.range(of: "{{"), let close = rest[open.upperBound...].range(of: "}}") {
      try write(Data(rest[..<open.lowerBound].utf8))
      try fill(String(rest[open.upperBound..<close.lowerBound]))
      rest = rest[close.upperBound...]
    }
    try write(Data(rest.utf8))
  }

  /// A content security policy: this style and this script, pictures from `images`, nothing else,
  /// not even a request.
  static func policy(style: String, script: String?, images: String) -> String {
    func source(_ text: String) -> String {
      "'sha256-" + Data(ContentHash(of: Array(text.utf8)).bytes).base64EncodedString() + "'"
    }
    return "default-src 'none'; script-src \(script.map(source) ?? "'none'"); "
      + "style-src \(source(style)); img-src \(images); base-uri 'none'; form-action 'none'"
  }

  /// A text as it may stand between tags or in an attribute's quotes. HTML has no control characters
  /// but white space.
  static func escaped(_ text: String) -> String {
    let printable = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map {
          $0.properties.generalCategory == .control && !$0.properties.isWhitespace ? "\u{FFFD}" : $0
        }))
    return printable.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(of: ">", with: "&gt;")
      .replacingOccurrences(of: "\"", with: "&quot;")
  }

  static func resource(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
  }
}
