import Foundation
import SystemPackage

// What the program says and is told by its standard streams. Nothing else writes to them.

/// Takes the numbers of standard streams that are closed, so that no file that is opened later gets
/// one and is written into. What is there in their place can be neither read nor written: to do so
/// fails as with the closed stream.
///
/// To be called before anything is opened.
func holdStandardStreams() {
  for (stream, mode) in [
    (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
  ] where fcntl(stream, F_GETFD) == -1 && errno == EBADF {
    let descriptor = open("/dev/null", mode)
    guard descriptor >= 0, descriptor != stream else { continue }
    dup2(descriptor, stream)
    close(descriptor)
  }
}

// MARK: - Standard input

/// Standard input.
///
/// - Throws: `FileError.notRead` where it is closed.
func standardInput() throws -> FileDescriptor {
  let mode = fcntl(STDIN_FILENO, F_GETFL)
  guard mode >= 0, mode & O_ACCMODE != O_WRONLY else {
    throw FileError.notRead(path: "standard input", reason: "it is closed")
  }
  return .standardInput
}

/// Everything on standard input.
///
/// - Throws: `FileError.notRead`.
func readAllOfStandardInput() throws -> Data {
  let input = FileHandle(fileDescriptor: try standardInput().rawValue)
  do {
    return try input.readToEnd() ?? Data()
  } catch {
    throw FileError.notRead(path: "standard input", reason: systemReason(error))
  }
}

// MARK: - Standard output

let standardOutputIsTerminal = isatty(STDOUT_FILENO) == 1

/// Writes a line of results to standard output, at once.
///
/// - Parameter isStyled: whether colours in it are the program's own; then all that comes from
///   elsewhere must have been made visible before.
/// - Throws: `FileError.notWritten` where it cannot be written, as on a full disk.
func printLine(_ line: String, isStyled: Bool = false) throws {
  do {
    try FileDescriptor.standardOutput.writeAll(
      Data(((isStyled ? line : forStandardOutput(line)) + "\n").utf8))
  } catch {
    throw FileError.notWritten(path: "standard output", reason: systemReason(error))
  }
}

/// Text as standard output takes it: as it is or, on a terminal, without what that would obey.
func forStandardOutput(_ text: String) -> String {
  standardOutputIsTerminal ? TerminalText.lines(text) : text
}

// MARK: - Standard error

/// Writes an error's sentence to standard error.
func report(_ error: any Error) { note(sentence(of: error)) }

/// Writes a line of the program's own to standard error.
func note(_ text: String) {
  writeToStandardError(TerminalText.line("caption: \(text)") + "\n")
}

/// Writes a text for a person, of which nothing needs to be made visible any more. That nobody can
/// read it, on a full disk or where standard error is closed, is no reason to stop.
func writeToStandardError(_ text: String) {
  _ = try? FileDescriptor.standardError.writeAll(Data(text.utf8))
}
