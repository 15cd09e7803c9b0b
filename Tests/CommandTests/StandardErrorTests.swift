import Foundation
import TestSupport
import Testing

/// Messages that nobody can read are lost, and nothing else.
@Suite struct StandardErrorTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
  }

  /// Runs the tool by a shell, with standard error as the shell has it.
  private func run(_ arguments: [String], redirection: String) throws -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    let command = #"exec "$0" "$@" "# + redirection
    process.arguments = ["-c", command, caption.executable.path] + arguments
    process.currentDirectoryURL = projectFolder
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  @Test(arguments: ["2>/dev/full", "2>&-"])
  func `work goes on where messages cannot be written`(redirection: String) throws {
    let photos = folder.path + "/photos"
    try PhotoFolder(photos).fill(3)
    try Data("no photo".utf8).write(to: URL(filePath: photos + "/broken.png"))
    let store = ["--store", folder.path + "/\(redirection.count).sqlite"]
    let batch = try run(["batch", photos] + store, redirection: redirection)
    #expect(batch.0 == 65)
    #expect(batch.1.split(separator: "\n").count == 3)
    let listed = try run(["list"] + store, redirection: redirection)
    #expect(listed.0 == 0)
    #expect(listed.1.split(separator: "\n").count >= 3)
    #expect(try run(["show", "/none.jpg"] + store, redirection: redirection).0 == 66)
  }
}
