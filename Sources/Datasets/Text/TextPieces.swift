internal import Foundation
internal import SystemPackage

/// A file or pipe of text that is read piece by piece as UTF-8, whatever Windows programs made of
/// it. Single bytes that are not UTF-8 stay as they are, where most of the text is.
final class TextPieces {
  let encoding: TextEncoding
  /// Whether it begins with a byte order mark, which belongs to no piece.
  let hasMark: Bool
  /// What the file is called in errors.
  var name: String { file.name }

  private let file: FileReader
  private let buffer: UnsafeMutableRawBufferPointer
  /// What was read to see what it is.
  private var first: Range<Int>?
  private var isAtEnd: Bool
  private var utf16: UTF16Pieces
  private var windows = Windows1252Pieces()
  private var text: [UInt8] = []

  private static let pieceBytes = 1 << 18

  /// - Throws: `DatasetError`.
  init(path: FilePath) throws {
    file = try FileReader(path: path)
    buffer = .allocate(byteCount: Self.pieceBytes, alignment: 64)
    let count: Int
    do {
      count = try file.read(into: buffer)
    } catch {
      buffer.deallocate()
      throw error
    }
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    isAtEnd = count < buffer.count
    encoding = TextEncoding(of: bytes, isWhole: isAtEnd)
    let markLength = TextEncoding.mark(of: bytes)?.length ?? 0
    hasMark = markLength > 0
    first = markLength..<count
    utf16 = UTF16Pieces(isLittleEndian: encoding == .utf16LittleEndian)
  }

  deinit { buffer.deallocate() }

  /// Calls `body` with the next piece, and says whether it is the last.
  ///
  /// - Throws: `DatasetError.readFailed`; what `body` does.
  func next<Result>(
    _ body: (UnsafeRawBufferPointer, _ isLast: Bool) throws -> Result
  ) throws -> Result {
    let range: Range<Int>
    if let first {
      range = first
      self.first = nil
    } else {
      range = 0..<(isAtEnd ? 0 : try file.read(into: buffer))
      isAtEnd = range.count < buffer.count
    }
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[range])
    text.removeAll(keepingCapacity: true)
    switch encoding {
    case .utf8: return try body(bytes, isAtEnd)
    case .windows1252:
      windows.decode(bytes, into: &text)
      if isAtEnd { windows.finish(into: &text) }
    case .utf16LittleEndian, .utf16BigEndian:
      utf16.decode(bytes, into: &text)
      if isAtEnd { utf16.finish(into: &text) }
    }
    return try text.withUnsafeBytes { try body($0, isAtEnd) }
  }
}
