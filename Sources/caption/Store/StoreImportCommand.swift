import ArgumentParser
import Batch
import Files
import Foundation
import Store
import SystemPackage

/// `caption store import`: what workers, Spark and other stores' exports have found.
struct StoreImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Enter what “caption worker”, Spark or another store's export has found.",
    discussion: """
      Reads one JSON object a line. All of them are entered or, where one cannot be, none. \
      What the store has already stays as it is, but a newer caption by the same model and \
      settings replaces an older one; so importing twice changes nothing. Objects with an \
      “error” become failures. Relative paths count from the working directory.

      A “sentiment” of the caption, as exports have it, is entered, too.

      Instead of a machine's caption, “human_captions”, [{"text": …}], may stand beside a \
      “content_hash” or the “path” of a file that the store knows.

      EXAMPLES:
        caption store import captions.ndjson
        caption worker < list.txt | caption store import -
      """)

  @Argument(
    help: ArgumentHelp("A file, or - for standard input.", valueName: "file"),
    completion: .file(extensions: ["ndjson"]))
  var file: String

  @OptionGroup var store: StoreOptions

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  /// Longer lines are refused.
  private static let maximumLength = 64 << 20

  func run() throws {
    let input = try open()
    let counts = try input.closeAfter {
      try store.with(.create) { store in
        try store.importing(request: jsonLine(["file": file])) { importer in
          var reader = LineReader(input, maximumLength: Self.maximumLength)
          try enterLines(of: &reader, into: &importer)
        }
      }
    }
    guard !quiet else { return }
    try printRows([
      ("captions", "\(counts.captions)"), ("human captions", "\(counts.humanCaptions)"),
      ("embeddings", "\(counts.embeddings)"), ("failures", "\(counts.failures)"),
      ("sentiments", "\(counts.sentiments)"),
      ("lines with nothing new", "\(counts.unchanged)"),
    ])
  }

  private var name: String { file == "-" ? "standard input" : file }

  private func enterLines(of reader: inout LineReader, into importer: inout Importer) throws {
    let showsProgress = !quiet && isatty(STDERR_FILENO) == 1
    var number = 0
    defer { if showsProgress, number >= 1000 { writeToStandardError("\n") } }
    while let line = try nextLine(of: &reader) {
      number += 1
      if showsProgress, number % 1000 == 0 { writeToStandardError("\r\(number) lines") }
      func malformed(_ reason: String) -> FileError {
        .malformed(path: name, reason: "line \(number): \(reason); nothing was imported")
      }
      guard case .line(let bytes) = line else {
        throw malformed("it is longer than \(Self.maximumLength >> 20) MiB")
      }
      if bytes.isEmpty { continue }
      do {
        try importer.enter(JSONValue.decode(CaptionExchange.self, from: bytes))
      } catch let error as DecodingError {
        throw malformed(reason(error))
      } catch let error as JSONError {
        throw malformed("\(error)")
      } catch let error as ImportError {
        throw malformed(error.description)
      } catch StoreError.inconsistent(_, let reason) {
        throw malformed(reason)
      }
    }
  }

  private func nextLine(of reader: inout LineReader) throws -> LineReader.Line? {
    do {
      return try reader.next()
    } catch let error as Errno {
      throw FileError.readFailed(path: name, reason: "\(error)")
    }
  }

  /// What is imported, as a file: others must not wait for the store while a pipe is slow.
  private func open() throws -> FileDescriptor {
    let input: FileDescriptor
    do {
      input =
        try file == "-"
        ? standardInput()
        : try FileDescriptor.open(FilePath(file), .readOnly, options: .closeOnExec)
    } catch let error as Errno {
      throw FileError.notRead(path: name, reason: "\(error)")
    }
    if FileState(descriptor: input.rawValue) != nil { return input }
    let place = FileManager.default.temporaryDirectory.path
    let path = FilePath(place).appending("caption-import-\(UUID().uuidString)")
    do {
      let copy = try FileDescriptor.open(
        path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: .ownerReadWrite)
      unlink(path.string)
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
      defer { buffer.deallocate() }
      while case let count = try input.read(into: buffer), count > 0 {
        try copy.writeAll(buffer[..<count])
      }
      try copy.seek(offset: 0, from: .start)
      return copy
    } catch {
      throw FileError.readFailed(path: name, reason: "\(error)")
    }
  }

  private func reason(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "“\(key.stringValue)” is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      context.codingPath.isEmpty
        ? "not a JSON object" : "“\(path(context))” is not of the right type"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "not valid JSON" : "“\(path(context))”: \(context.debugDescription)"
    @unknown default: "not understood"
    }
  }

  private func path(_ context: DecodingError.Context) -> String {
    context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
      .joined(separator: ".")
  }
}
