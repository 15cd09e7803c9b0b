import Foundation
import GRDB
import Store
import SystemPackage
import TestSupport
import Testing

/// What may happen to a program and its disk, and what a store must be like afterwards.
@Suite final class BatchCrashTests: PhotoCommandTests {
  private func arguments(_ store: String) -> [String] {
    ["batch", "--beam", "1", "--store", folder.path + "/" + store, photos.path]
  }

  /// What a batch leaves in a store, row by row, but for times and the numbers of runs.
  private func rows(_ name: String) throws -> [String] {
    let store = try Store(path: FilePath(folder.path).appending(name), for: .read)
    defer { try? store.close() }
    let health = try store.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
    #expect(health == "ok")
    return try store.comparableRows()
  }

  @Test func `a batch killed fifty times leaves what an uninterrupted one leaves`() throws {
    try photos.fill(400)
    try Data("no image".utf8).write(to: URL(filePath: photos.path + "/0123x.jpg"))
    #expect(try caption.run(arguments("whole.sqlite")).status == 65)
    var kills = 0
    while kills < 50 {
      let running = try caption.start(arguments("killed.sqlite"))
      usleep(UInt32.random(in: 1_000...250_000))
      running.signal(SIGKILL)
      if try running.wait().status != SIGKILL { break }
      kills += 1
    }
    #expect(kills == 50, "the batch came to its end after \(kills) kills")
    _ = try caption.run(arguments("killed.sqlite"))
    #expect(try rows("killed.sqlite") == rows("whole.sqlite"))
  }

  @Test func `two batches at once share a store`() throws {
    try photos.fill(60)
    #expect(try caption.run(arguments("whole.sqlite")).status == 0)
    let both = try (0..<2).map { _ in try caption.start(arguments("shared.sqlite")) }
    for running in both {
      let result = try running.wait()
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.lines.count == 60)
    }
    #expect(try rows("shared.sqlite").sorted() == rows("whole.sqlite").sorted())
  }

  @Test(.enabled(if: canMount)) func `a full disk is told and loses nothing`() throws {
    try photos.fill(200)
    let disk = folder.path + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
    try #require(mount("size=400k", at: disk))
    defer { unmount(disk) }
    let full = try caption.run(arguments("disk/captions.sqlite"))
    #expect(full.status == 74)
    #expect(full.errors.contains("the disk is full"))
    let done = full.lines.count
    try #require(mount("remount,size=8m", at: disk))
    let rest = try caption.run(arguments("disk/captions.sqlite"))
    #expect(rest.status == 0)
    #expect(rest.errors.contains("already there \(done)") || done == 0)
    #expect(try caption.run(arguments("whole.sqlite")).status == 0)
    #expect(try rows("disk/captions.sqlite") == rows("whole.sqlite"))
  }

  @Test(.enabled(if: canMount)) func `a read-only disk is told`() throws {
    try photos.fill(2)
    let disk = folder.path + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
    try #require(mount("size=8m", at: disk))
    defer { unmount(disk) }
    #expect(try caption.run(arguments("disk/captions.sqlite")).status == 0)
    try #require(mount("remount,ro", at: disk))
    let result = try caption.run(arguments("disk/captions.sqlite"))
    #expect(result.status == 74)
    #expect(result.errors.contains("the store can be read, but not written"))
    #expect(try rows("disk/captions.sqlite").count == 10)
    // One photo is captioned all the same.
    let single = try caption.run(
      [photos.names[0]], environment: ["CAPTION_STORE": disk + "/captions.sqlite"])
    #expect(single.status == 0)
    #expect(single.errors.contains("captions are not kept"))
  }
}

/// Whether small disks can be made here, as in a container's own name space.
private let canMount: Bool = {
  guard let folder = try? TemporaryFolder(), mount("size=64k", at: folder.path) else {
    return false
  }
  unmount(folder.path)
  return true
}()

private func mount(_ options: String, at folder: String) -> Bool {
  run("/bin/mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder])
}

private func unmount(_ folder: String) { _ = run("/bin/umount", [folder]) }

private func run(_ program: String, _ arguments: [String]) -> Bool {
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}
