import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

/// What the system does not let be written ends in one sentence and 74, whoever writes.
@Suite struct SystemFaultTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
    let texts = (0..<40).map { "it was \($0 % 2 == 0 ? "good" : "bad") so\t\($0 % 2)\n" }
    try Data(texts.joined().utf8).write(to: URL(filePath: path("texts.tsv")))
  }

  private func path(_ name: String) -> String { folder.path + "/" + name }

  private static let trainings = [
    ["train", "--dataset", "nothing", "--output"], ["sentiment", "train", "texts.tsv", "-o"],
    ["sentiment", "pretrain", "texts.tsv", "-o"],
  ]

  @Test(arguments: trainings)
  func `a model's folder that is a file is refused before any work`(_ arguments: [String]) throws {
    try Data().write(to: URL(filePath: path("file")))
    let result = try caption.run(arguments + [path("file")])
    #expect(result.status == 74)
    #expect(
      result.errors == "caption: \(path("file")): cannot be written: Not a directory\n")
  }

  @Test(arguments: trainings + [["model", "calibrate", "--dataset", "nothing"]])
  func `a model's folder in which another process is at work is refused`(
    _ arguments: [String]
  ) throws {
    let model = try BundledModelCopy()
    let lock = try FileLock(on: FilePath(model.path))
    let result = try caption.run(arguments + [model.path])
    #expect(result.status == 74)
    #expect(
      result.errors == "caption: \(model.path): another process is at work on this model\n")
    withExtendedLifetime(lock) {}
  }

  /// Runs the tool where no file may be longer than this.
  private func run(kilobytes: Int, _ arguments: [String]) throws -> (status: Int32, errors: String)
  {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    // In blocks of 512 bytes.
    process.arguments =
      ["-c", "ulimit -f \(2 * kilobytes); exec \"$0\" \"$@\"", caption.executable.path]
      + arguments
    process.currentDirectoryURL = projectFolder
    let errors = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    let data = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  @Test func `a checkpoint that finds no room is told in a sentence, and leaves nothing`() throws {
    let output = path("model")
    let result = try run(
      kilobytes: 2,
      [
        "sentiment", "train", path("texts.tsv"), "-o", output, "--steps", "1", "--batch", "8",
        "--embedding", "12", "--hidden", "12", "--heads", "2", "--threads", "1", "--quiet",
      ])
    #expect(result.status == 74)
    #expect(result.errors.hasSuffix(": cannot be written: File too large\n"))
    #expect(result.errors.split(separator: "\n").count == 1)
    let names = try FileManager.default.contentsOfDirectory(atPath: output)
    #expect(!names.contains { $0.hasPrefix(".") })
  }

  @Test func `a name that is too long, and a folder that is a file, for results`() throws {
    try Data().write(to: URL(filePath: path("file")))
    for target in [path("file/x"), path(String(repeating: "x", count: 300))] {
      let result = try caption.run(["features", "data/samples/china.jpg", "--output", target])
      #expect(result.status == 74)
      #expect(result.errors.hasPrefix("caption: \(target): cannot be written: "))
      #expect(result.errors.split(separator: "\n").count == 1)
    }
  }
}
