import Foundation
import TestSupport

/// The built `caption`, run as a user would.
struct CommandLineTool {
  struct Result {
    let status: Int32
    let output: String
    let errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  let executable: URL

  /// Finds the executable, which is built beside the tests.
  init() throws {
    let folders =
      CommandLine.arguments.prefix(1).map { URL(filePath: $0) } + [
        URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ]
    let candidates = folders.map { $0.deletingLastPathComponent().appending(path: "caption") }
    guard
      let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) })
    else { throw CocoaError(.fileNoSuchFile) }
    executable = found
  }

  /// Runs the tool and waits for it.
  ///
  /// - Parameters:
  ///   - folder: where it runs; the project's by default.
  ///   - outputPath: where standard output goes instead of into the result.
  ///   - redirection: as a shell has it, such as “>&-”.
  func run(
    _ arguments: [String], in folder: String? = nil, input: Data? = nil,
    environment: [String: String] = [:], outputPath: String? = nil, redirection: String? = nil
  ) throws -> Result {
    let running = try start(
      arguments, in: folder, input: input, environment: environment, outputPath: outputPath,
      redirection: redirection)
    return try running.wait()
  }

  /// Runs the tool without waiting for it.
  ///
  /// - Parameter folder: where it runs; the project's by default.
  func start(
    _ arguments: [String], in folder: String? = nil, input: Data? = nil,
    environment: [String: String] = [:], outputPath: String? = nil, redirection: String? = nil
  ) throws -> Running {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    if let redirection {
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", #"exec "$0" "$@" "# + redirection, executable.path] + arguments
    }
    process.currentDirectoryURL = folder.map { URL(filePath: $0) } ?? projectFolder
    // A store of its own for each run, unless the test names one.
    let store = try TemporaryFolder()
    process.environment = ProcessInfo.processInfo.environment
      .merging(["CAPTION_STORE": store.path + "/captions.sqlite"]) { $1 }
      .merging(environment) { $1 }
    // Files rather than pipes: nothing can fill up and block.
    let output = try TemporaryFile(Data())
    let errors = try TemporaryFile(Data())
    let inputFile = try TemporaryFile(input ?? Data())
    process.standardOutput = try FileHandle(
      forWritingTo: URL(filePath: outputPath ?? output.path))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: errors.path))
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: inputFile.path))
    try process.run()
    return Running(
      process: process, store: store, output: output, errors: errors, inputFile: inputFile)
  }

  /// The tool at work.
  struct Running {
    fileprivate let process: Process
    fileprivate let store: TemporaryFolder
    fileprivate let output: TemporaryFile
    fileprivate let errors: TemporaryFile
    fileprivate let inputFile: TemporaryFile

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// What it has printed so far.
    var outputSoFar: String { (try? String(contentsOfFile: output.path, encoding: .utf8)) ?? "" }
    var errorsSoFar: String { (try? String(contentsOfFile: errors.path, encoding: .utf8)) ?? "" }

    var isRunning: Bool { process.isRunning }

    /// Waits until a condition holds or it has ended, for a minute at most.
    ///
    /// - Returns: whether the condition holds.
    func wait(until condition: () -> Bool) -> Bool {
      let deadline = Date(timeIntervalSinceNow: 60)
      while !condition() {
        guard process.isRunning, .now < deadline else { return condition() }
        usleep(5_000)
      }
      return true
    }

    /// Waits for it to end.
    func wait() throws -> Result {
      process.waitUntilExit()
      return Result(
        status: process.terminationStatus,
        output: String(decoding: try Data(contentsOf: URL(filePath: output.path)), as: UTF8.self),
        errors: String(decoding: try Data(contentsOf: URL(filePath: errors.path)), as: UTF8.self))
    }
  }

  /// Starts the tool in the project's folder, to talk to it.
  func converse(_ arguments: [String]) throws -> Conversation {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = projectFolder
    return try Conversation(process)
  }

  /// A running tool that is told lines and answers with lines.
  final class Conversation {
    let process: Process
    private let input = Pipe()
    private let output = Pipe()
    private var received = Data()

    fileprivate init(_ process: Process) throws {
      self.process = process
      process.standardInput = input
      process.standardOutput = output
      try process.run()
    }

    deinit { process.terminate() }

    func tell(_ line: String) throws {
      try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    /// The next line of the tool's output; nil where none comes within the time, or ever.
    func answer(seconds: Int32 = 60) -> String? {
      while true {
        if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
          defer { received = Data(received[(end + 1)...]) }
          return String(decoding: received[..<end], as: UTF8.self)
        }
        let descriptor = output.fileHandleForReading.fileDescriptor
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, seconds * 1000) == 1 else { return nil }
        let piece = output.fileHandleForReading.availableData
        if piece.isEmpty { return nil }
        received.append(piece)
      }
    }

    /// Says that no more lines come, and waits for the end.
    func finish() throws -> Int32 {
      try input.fileHandleForWriting.close()
      process.waitUntilExit()
      return process.terminationStatus
    }
  }
}
