import Files
import Foundation
import SystemPackage

/// Results written as they come: to standard output, or to a file that takes its place when it is
/// complete and not before.
///
/// What is no file is written into: a device or a pipe must stay what it is. So is what is open
/// already, such as `/dev/stdout`, also where that is a file: others write into it too.
final class ResultFile {
  private let name: String
  private let descriptor: FileDescriptor
  /// The unfinished file; nil where results go straight to their place.
  private let replacement: TemporaryFile?
  private let rule: Replacement?
  private lazy var isTerminal = replacement == nil && isatty(descriptor.rawValue) == 1
  private var buffer = Data()

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
    if let number = Self.openDescriptor(FilePath(path)) {
      try Replacement.check(FilePath(path), against: rule?.inputs ?? [])
      // What this program has opened itself is nobody's to name.
      let flags = fcntl(number, F_GETFD)
      guard flags >= 0, flags & FD_CLOEXEC == 0 else {
        throw Self.failure(path, Errno.badFileDescriptor)
      }
      descriptor = FileDescriptor(rawValue: number)
      replacement = nil
      return
    }
    try rule?.check(FilePath(path))
    do {
      switch FileEntry(at: FilePath(path)) {
      case nil, .file: break
      case .folder: throw Errno.isDirectory
      case .link, .pipe, .socket, .device:
        descriptor = try .open(path, .writeOnly, options: .closeOnExec)
        replacement = nil
        return
      }
      // A new file would take the place of a link.
      let target = FilePath(path).resolved ?? FilePath(path)
      var announced: String?
      func forget() { if let announced { SignalReceiver.shared.keep(announced) } }
      do {
        let file = try TemporaryFile(for: target) { temporary in
          forget()
          announced = temporary.string
          // Before it is there: a signal may come at any time.
          SignalReceiver.shared.removeAtEnd(temporary.string)
        }
        descriptor = FileDescriptor(rawValue: file.descriptor)
        replacement = file
      } catch {
        forget()
        throw error
      }
      // A file that only its owner may read stays so.
      var status = stat()
      if stat(path, &status) == 0 { fchmod(descriptor.rawValue, status.st_mode & 0o777) }
    } catch {
      throw Self.failure(name, error)
    }
  }

  /// The descriptor that a path such as `/dev/stdout` or `/dev/fd/3` stands for, also through links;
  /// nil for all other paths.
  private static func openDescriptor(_ path: FilePath) -> Int32? {
    let descriptors = ["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd"].compactMap {
      FilePath($0).resolved
    }
    var path = path
    // As many links as the system follows.
    for _ in 0..<40 {
      let folder = path.removingLastComponent()
      if let folder = (folder.isEmpty ? "." : folder).resolved, descriptors.contains(folder) {
        return path.lastComponent.flatMap { Int32($0.string) }
      }
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path.string)
      else { return nil }
      path = folder.pushing(FilePath(target))
    }
    return nil
  }

  deinit {
    if let replacement { SignalReceiver.shared.keep(replacement.path.string) }
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
    do {
      // Something else may have come there meanwhile.
      try replacement.takePlace { try rule?.check(replacement.target) }
      SignalReceiver.shared.keep(replacement.path.string)
    } catch let error as ReplacementError {
      throw error
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
    .notWritten(path: name, reason: (error as? FileFailure)?.systemReason ?? "\(error)")
  }
}
