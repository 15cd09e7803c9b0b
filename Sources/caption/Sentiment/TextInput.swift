import Batch
import Datasets
import Files
import Foundation
import Sentiment
import SystemPackage

/// Texts that are to be classified, in batches: those on the command line, or the lines of a file.
enum TextInput {
  case arguments([String])
  case file(FilePath)
  case standardInput

  struct Text {
    /// Of a file or standard input, counted from 1.
    let line: Int?
    /// What the text is called in errors; empty where there is only one.
    let name: String
    /// Nil where it cannot be read: `fault` says why.
    let text: String?
    let fault: String?
  }

  /// The most that is held at once, in lines and in bytes.
  private static let batch = (lines: 4_096, bytes: 2 << 20)
  /// For how long a batch waits for another line, in milliseconds: those who write quickly are
  /// answered in large batches, those who wait for an answer do not notice.
  private static let patience: Int32 = 2

  /// The files that are read.
  var files: [FilePath] {
    switch self {
    case .arguments: []
    case .file(let path): [path]
    case .standardInput: ["/dev/stdin"]
    }
  }

  /// Calls `body` with batch after batch; lines come as soon as they are there. Lines that are not
  /// UTF-8 are read as Windows-1252, which is told once, unless it is to be quiet.
  ///
  /// - Throws: `FileError`, also for binary data; what `body` throws.
  func forEachBatch(isQuiet: Bool, _ body: ([Text]) throws -> Void) throws {
    switch self {
    case .arguments(let texts):
      try body(
        texts.enumerated().map { index, text in
          let isBroken = bytesBeforeRepair(of: text) != nil
          return Text(
            line: nil, name: texts.count == 1 ? "" : "text \(index + 1): ",
            text: isBroken ? nil : text, fault: isBroken ? "it is not valid UTF-8" : nil)
        })
    case .standardInput:
      try Self.forEachBatch(of: caption.standardInput(), path: nil, isQuiet: isQuiet, body)
    case .file(let path):
      let name = String(decoding: path)
      let descriptor: FileDescriptor
      do {
        descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      } catch {
        throw FileError.notRead(path: name, reason: "\(error)")
      }
      try descriptor.closeAfter {
        try Self.forEachBatch(of: descriptor, path: name, isQuiet: isQuiet, body)
      }
    }
  }

  /// - Parameter path: nil for standard input.
  private static func forEachBatch(
    of descriptor: FileDescriptor, path: String?, isQuiet: Bool, _ body: ([Text]) throws -> Void
  ) throws {
    let name = path ?? "standard input"
    var tellsEncoding = !isQuiet
    func tellEncoding(_ number: Int) {
      guard tellsEncoding else { return }
      note(
        "\(name): line \(number) is not UTF-8; such lines are read as Windows-1252; "
          + SentimentTable.otherEncodings(of: path ?? "-"))
      tellsEncoding = false
    }
    var reader = LineReader(descriptor, maximumLength: SentimentClassifier.longestText)
    var number = 0
    func reading<Value>(_ read: () throws -> Value) throws -> Value {
      do {
        return try read()
      } catch {
        throw FileError.readFailed(path: name, reason: "\(error)")
      }
    }
    while let first = try reading({ try reader.next() }) {
      var texts: [Text] = []
      var bytes = 0
      var next: LineReader.Line? = first
      while let line = next {
        number += 1
        if case .line(let line) = line {
          guard !line.contains(0) else {
            // What was before it gets its answer.
            if !texts.isEmpty { try body(texts) }
            let isUTF16 =
              number == 1 && (line.starts(with: [0xFF, 0xFE]) || line.starts(with: [0xFE, 0xFF]))
            throw FileError.malformed(
              path: name,
              reason: isUTF16
                ? "it is UTF-16; “iconv -f UTF-16 -t UTF-8” makes lines of UTF-8 of it"
                : "line \(number) is not text but binary data")
          }
          bytes += line.count
        }
        texts.append(text(line, number, of: name, tellEncoding))
        guard texts.count < batch.lines, bytes < batch.bytes else { break }
        next = try reading { try reader.next(within: patience) }
      }
      try body(texts)
    }
  }

  /// - Parameter tellEncoding: is called with the number of a line that is not UTF-8.
  private static func text(
    _ line: LineReader.Line, _ number: Int, of name: String, _ tellEncoding: (Int) -> Void
  ) -> Text {
    func text(_ text: String?, _ fault: String?) -> Text {
      Text(line: number, name: "\(name): line \(number): ", text: text, fault: fault)
    }
    switch line {
    case .tooLong:
      return text(nil, "it is longer than \(SentimentClassifier.longestText >> 20) MiB")
    case .line(let bytes):
      if let content = String(validating: bytes, as: UTF8.self) { return text(content, nil) }
      tellEncoding(number)
      return text(repairedLine(bytes), nil)
    }
  }
}
