import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

struct FileLockTests {
  @Test func `one at a time has a folder or a file`() throws {
    let folder = try TemporaryFolder()
    for path in [FilePath(folder.path), FilePath(folder.path).appending("lock")] {
      func take() throws -> FileLock? {
        path.lastComponent == "lock" ? try FileLock(file: path) : try FileLock(on: path)
      }
      var lock = try take()
      #expect(lock != nil)
      #expect(try take() == nil)
      lock = nil
      #expect(try take() != nil)
    }
    let missing = FilePath(folder.path).appending("none")
    #expect(throws: FileFailure(missing, ENOENT)) { try FileLock(on: missing) }
  }

  /// As a child has one until it becomes another program.
  @Test func `a copy of what is open does not keep a lock`() throws {
    let folder = try TemporaryFolder()
    let path = FilePath(folder.path)
    var lock = try FileLock(on: path)
    let open = "/proc/self/fd"
    let files = FileManager.default
    let descriptor = try files.contentsOfDirectory(atPath: open).first {
      (try? files.destinationOfSymbolicLink(atPath: "\(open)/\($0)")) == folder.path
    }
    let copy = dup(try #require(descriptor.flatMap { Int32($0) }))
    defer { close(copy) }
    #expect(try lock != nil && FileLock(on: path) == nil)
    lock = nil
    #expect(try FileLock(on: path) != nil)
  }

  /// The system lets go of a lock whatever becomes of who has it.
  @Test func `a lock does not outlive a process that was killed`() throws {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/flock")
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/flock") else { return }
    // The command takes the lock itself, without a child that would inherit it.
    process.arguments = ["-x", "-n", "-F", folder.path, "sleep", "60"]
    try process.run()
    let path = FilePath(folder.path)
    func isHeld() throws -> Bool { try FileLock(on: path) == nil }
    let deadline = Date(timeIntervalSinceNow: 10)
    while try !isHeld(), .now < deadline { usleep(2_000) }
    #expect(try isHeld())
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(try !isHeld())
  }
}
