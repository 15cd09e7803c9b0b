import Foundation
import SystemPackage

/// Results written as they come: to standard output, or to a file that takes its place when it is
/// complete and not before.
///
/// What is no file is written into: a device or a pipe, such as `/dev/stdout`, must stay what it is.
final class ResultFile {
  private let name: String
  private let descriptor: FileDescriptor
  /// The unfinished file and the place that it is for; nil where results go straight to it.
  private let replacement: (temporary: String, target: String)?
  private let rule: Replacement?
  private lazy var isTerminal = replacement == nil && isatty(descriptor.rawValue) == 1
  private var buffer = Data()
  private var isFinished = false

  private static let bufferSize = 1 << 18

  /// - Parameters:
  ///   - path: nil for standard output.
  ///   - rule: what the file may take the place of; nil where to change it is what the command was
  ///     asked for.
  /// - Throws: `ReplacementError`, also from `finish`; `FileError.notWritten`.
  init(path: String?, _ rule: Replacement?) throws {
    self.rule = rule
    name = path ?? "standard output"
    guard let path else {
      descriptor = .standardOutput
      replacement = nil
      return
    }
    try rule?.check(FilePath(path))
    do {
      var status = stat()
      let exists = stat(path, &status) == 0
      if exists, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
        descriptor = try .open(path, .writeOnly, options: .closeOnExec)
        replacement = nil
        return
      }
      guard status.st_mode & S_IFMT != S_IFDIR else { throw Errno.isDirectory }
      // A new file would take the place of a link.
      let resolved = realpath(path, nil)
      defer { free(resolved) }
      let target = resolved.map { String(cString: $0) } ?? path
      let folder = FilePath(target).removingLastComponent()
      let temporary = folder.appending(".caption-\(UUID().uuidString)").string
      // Before it is there: a signal may come at any time.
      SignalReceiver.shared.removeAtEnd(temporary)
      do {
        descriptor = try .open(
          FilePath(temporary), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
          permissions: FilePermissions(rawValue: 0o666))
      } catch {
        SignalReceiver.shared.keep(temporary)
        throw error
      }
      replacement = (temporary, target)
      // A file that only its owner may read stays so.
      if exists { fchmod(descriptor.rawValue, status.st_mode & 0o777) }
    } catch {
      throw Self.failure(name, error)
    }
  }

  deinit {
    guard let replacement else { return }
    if !isFinished {
      try? descriptor.close()
      unlink(replacement.temporary)
      SignalReceiver.shared.keep(replacement.temporary)
    }
  }

  /// - Throws: `FileError.notWritten`.
  func write(_ text: String) throws { try write(Data(text.utf8)) }

  /// - Throws: `FileError.notWritten`.
  func write(_ data: Data) throws {
    // Elsewhere bytes stay what they are, also where they are no text.
    guard isTerminal else { return try append(data) }
    try append(Data(TerminalText.lines(String(decoding: data, as: UTF8.self)).utf8))
  }

  private func append(_ data: Data) throws {
    buffer.append(data)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Changes a file that the command was asked to change.
  ///
  /// - Throws: `FileError.notWritten`.
  static func rewrite(_ data: Data, at path: String) throws {
    let file = try ResultFile(path: path, nil)
    try file.write(data)
    try file.finish()
  }

  /// Puts the complete file into its place.
  ///
  /// - Throws: `FileError.notWritten`.
  func finish() throws {
    try flush()
    guard let replacement else { return }
    // Something else may have come there meanwhile.
    try rule?.check(FilePath(replacement.target))
    do {
      guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
      guard rename(replacement.temporary, replacement.target) == 0 else {
        throw Errno(rawValue: errno)
      }
      isFinished = true
      SignalReceiver.shared.keep(replacement.temporary)
      try descriptor.close()
    } catch {
      throw Self.failure(name, error)
    }
  }

  private func flush() throws {
    do {
      try descriptor.writeAll(buffer)
    } catch {
      throw Self.failure(name, error)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private static func failure(_ name: String, _ error: any Error) -> FileError {
    .notWritten(path: name, reason: "\(error)")
  }
}
