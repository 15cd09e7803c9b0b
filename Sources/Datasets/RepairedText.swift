internal import Foundation

/// Text as UTF-8, whatever it was, and what had to be done to it.
struct RepairedText {
  private(set) var utf8: Data
  /// One for each line that had to be repaired.
  private(set) var problems: [DatasetProblem] = []

  /// - Parameter name: what the file is called.
  init(_ data: Data, name: String) {
    let encoding = data.withUnsafeBytes { TextEncoding(of: $0, isWhole: true) }
    utf8 = data
    switch encoding {
    case .utf8: repair(name) { rest, _ in DatasetFile.firstInvalidOffset(rest) }
    case .windows1252: repair(name, next: Self.firstWindowsOffset)
    case .utf16LittleEndian, .utf16BigEndian:
      var text: [UInt8] = []
      var pieces = UTF16Pieces(isLittleEndian: encoding == .utf16LittleEndian)
      data.dropFirst(2).withUnsafeBytes { pieces.decode($0, into: &text) }
      pieces.finish(into: &text)
      utf8 = Data(text)
      problems = [
        DatasetProblem(
          .otherEncoding, at: DatasetOrigin(file: name, place: .whole),
          "it is UTF-16; read as such")
      ]
    }
  }

  /// How far from its beginning a text has the first byte of Windows-1252.
  ///
  /// - Parameter isWithinLine: whether it begins in a line that has others before it.
  /// - Returns: nil for none.
  private static func firstWindowsOffset(in text: Data, isWithinLine: Bool) -> Int? {
    text.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) -> Int? in
      let newline = UInt8(ascii: "\n")
      var start = 0
      if isWithinLine {
        guard let place = bytes.firstIndex(where: { $0 >= 0x80 || $0 == newline }) else {
          return nil
        }
        if bytes[place] != newline { return place }
        start = place + 1
      }
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: newline) ?? bytes.count
        let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        if let place = line.firstIndex(where: { $0 >= 0x80 }), !TextEncoding.isClearlyUTF8(line) {
          return start + place
        }
        start = end + 1
      }
      return nil
    }
  }

  /// Reads bytes as Windows-1252.
  ///
  /// - Parameter next: how far from its beginning a text has the first such byte, and nil for none;
  ///   it is told whether the text begins in a line that has others before it.
  private mutating func repair(_ name: String, next: (Data, Bool) -> Int?) {
    guard next(utf8, false) != nil else { return }
    var rest = utf8[...]
    var text = Data(capacity: utf8.count + utf8.count / 16)
    var line = 1
    /// In the line in hand: where it begins, and its first such byte with what it was read as.
    var start = 0
    var found: (byte: UInt8, character: String, place: Int)?
    var count = 0
    var problems: [DatasetProblem] = []
    func finishLine() {
      guard let first = found else { return }
      let bytes = String(format: "0x%02X", first.byte)
      let what =
        count == 1
        ? "the byte \(bytes) is not UTF-8 and was read as “\(first.character)”"
        : "\(count) bytes are not UTF-8, the first, \(bytes), was read as “\(first.character)”"
      problems.append(
        DatasetProblem(
          .otherEncoding, at: DatasetOrigin(file: name, place: .line(line)),
          "\(Self.surroundings(of: first.place, in: text[start...])): \(what) (Windows-1252)"))
      (found, count) = (nil, 0)
    }
    /// Takes over what is well.
    func take(_ piece: Data) {
      var piece = piece
      while let end = piece.firstIndex(of: UInt8(ascii: "\n")) {
        text += piece[..<end]
        finishLine()
        text.append(UInt8(ascii: "\n"))
        line += 1
        start = text.count
        piece = piece[(end + 1)...]
      }
      text += piece
    }
    while let offset = next(rest, found != nil) {
      let place = rest.startIndex + offset
      take(rest[..<place])
      let character = Windows1252.utf8(rest[place...place])
      count += 1
      if found == nil {
        found = (rest[place], String(decoding: character, as: UTF8.self), text.count)
      }
      text += character
      rest = rest[(place + 1)...]
    }
    take(rest)
    finishLine()
    (utf8, self.problems) = (text, problems)
  }

  /// Some of the line around a place, in quotes.
  private static func surroundings(of place: Int, in line: Data) -> String {
    let reach = 40
    let piece = line[max(line.startIndex, place - reach)..<min(line.endIndex, place + reach)]
    // Not to begin or end within a character.
    let isPart: (UInt8) -> Bool = { $0 & 0xC0 == 0x80 }
    let start = piece.firstIndex { !isPart($0) } ?? piece.startIndex
    var end = piece.endIndex
    while end < line.endIndex, isPart(line[end]) { end += 1 }
    let text = String(decoding: line[start..<end], as: UTF8.self)
    let shown = text.hasSuffix("\r") ? text.dropLast() : text[...]
    return "“\(start > line.startIndex ? "…" : "")\(shown)\(end < line.endIndex ? "…" : "")”"
  }
}
