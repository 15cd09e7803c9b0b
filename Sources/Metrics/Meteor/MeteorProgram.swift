internal import Dispatch
internal import Foundation
internal import Synchronization

/// The running METEOR program.
///
/// Requests are written and messages are read on threads of their own, so that no full pipe can
/// make both sides wait for each other.
final class MeteorProgram {
  private let archive: String
  private let timeLimit: Double
  private let deadline: ContinuousClock.Instant
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let messages = Messages()
  private var received = Data()

  /// - Throws: `MeteorJarError`.
  init(archive: String, searchPath: String, timeLimit: Double) throws {
    self.archive = archive
    self.timeLimit = timeLimit
    deadline = .now + .seconds(timeLimit)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: archive, isDirectory: &isFolder),
      !isFolder.boolValue
    else { throw MeteorJarError.noArchive(path: archive) }
    process.executableURL = try Self.java(searchPath)
    process.arguments =
      ["-jar", "-Xmx2G", URL(filePath: archive).path, "-", "-", "-stdio", "-l", "en", "-norm"]
    let errors = Pipe()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw MeteorJarError.notStarted(path: archive, reason: error.localizedDescription)
    }
    let messages = messages
    Thread.detachNewThread { messages.readAll(from: errors.fileHandleForReading) }
  }

  /// Sends requests, and reads lines until there are as many as asked for.
  ///
  /// - Throws: `MeteorJarError`.
  func answers(to requests: [String], count: Int) throws -> [String] {
    let handle = input.fileHandleForWriting
    Thread.detachNewThread { Self.write(requests, to: handle) }
    return try (0..<count).map { _ in try nextLine() }
  }

  func unexpected(_ answer: String) -> MeteorJarError {
    .unexpected(path: archive, answer: answer)
  }

  /// Ends the program at once, whatever it does.
  func end() {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  private func nextLine() throws -> String {
    while true {
      if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        defer { received = received[(end + 1)...] }
        return String(decoding: received[..<end], as: UTF8.self)
          .trimmingCharacters(in: .whitespaces)
      }
      received = Data(received)
      let handle = output.fileHandleForReading
      let left = (deadline - .now) / .milliseconds(1)
      var request = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard left > 0, poll(&request, 1, Int32(min(left, 1e9).rounded(.up))) > 0 else {
        if .now < deadline { continue }
        throw MeteorJarError.timedOut(path: archive, seconds: timeLimit)
      }
      let piece = handle.availableData
      guard !piece.isEmpty else {
        end()
        messages.waitForEnd()
        throw MeteorJarError.ended(path: archive, message: messages.last)
      }
      received += piece
    }
  }

  /// Stops silently where the program has ended, which the reader finds out, too.
  private static func write(_ requests: [String], to handle: FileHandle) {
    // A program that has ended must not end this one.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    for request in requests {
      guard (try? handle.write(contentsOf: Data((request + "\n").utf8))) != nil else { return }
    }
  }

  private static func java(_ searchPath: String) throws -> URL {
    for folder in searchPath.split(separator: ":") {
      let path = "\(folder)/java"
      if FileManager.default.isExecutableFile(atPath: path) { return URL(filePath: path) }
    }
    throw MeteorJarError.noJava
  }
}

/// What the program says on standard error.
private final class Messages: Sendable {
  private let text = Mutex(Data())
  private let isRead = DispatchSemaphore(value: 0)

  /// The last line that says something, in which Java names the cause of an end.
  var last: String {
    let lines = String(decoding: text.withLock { $0 }, as: UTF8.self).split(
      whereSeparator: \.isNewline)
    let causes = lines.filter { !$0.hasPrefix("\tat ") && !$0.hasPrefix("\t... ") }
    return (causes.last ?? lines.last).map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
  }

  func readAll(from handle: FileHandle) {
    while case let piece = handle.availableData, !piece.isEmpty {
      text.withLock { $0 = ($0 + piece).suffix(1 << 14) }
    }
    isRead.signal()
  }

  /// Waits until all is read that an ended program has said, but not for what it may have started
  /// itself.
  func waitForEnd() { _ = isRead.wait(timeout: .now() + 1) }
}
