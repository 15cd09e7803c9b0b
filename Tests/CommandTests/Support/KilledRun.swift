import Foundation

extension CommandLineTool {
  /// Runs the tool and kills it as soon as a file is there.
  func runAndKill(_ arguments: [String], after file: String) throws {
    let running = try start(arguments)
    _ = running.wait { FileManager.default.fileExists(atPath: file) }
    running.signal(SIGKILL)
    _ = try running.wait()
  }
}
