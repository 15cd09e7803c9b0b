import Files
import Foundation
import TestSupport
import Testing

@Suite struct RegularFileTests {
  private func failure(_ body: () throws -> Void) -> RegularFile.Failure? {
    do {
      try body()
      return nil
    } catch {
      return error as? RegularFile.Failure
    }
  }

  @Test func `bytes are those of the file, from anywhere in it`() throws {
    let file = try TemporaryFile(Data((0..<200).map { UInt8($0) }))
    let open = try RegularFile(path: file.path)
    #expect(open.size == 200)
    #expect(try open.bytes(0..<200) == (0..<200).map { UInt8($0) })
    #expect(try open.bytes(7..<9) == [7, 8])
    #expect(try open.bytes(200..<200) == [])
    #expect(try RegularFile.contents(path: file.path, limit: 200).count == 200)
    var buffer = [UInt8](repeating: 0xFF, count: 8)
    let count = try buffer.withUnsafeMutableBytes { try open.readUpTo($0, at: 195) }
    #expect(count == 5)
    #expect(buffer == [195, 196, 197, 198, 199, 0xFF, 0xFF, 0xFF])
  }

  @Test func `an empty file has no bytes, one that is too long is refused`() throws {
    let empty = try TemporaryFile(Data())
    #expect(try RegularFile.contents(path: empty.path, limit: 10) == [])
    let file = try TemporaryFile(Data(count: 11))
    #expect(
      failure { _ = try RegularFile.contents(path: file.path, limit: 10) }
        == .tooLong(limit: 10))
    #expect("\(RegularFile.Failure.tooLong(limit: 10))" == "it is longer than 10 bytes")
    #expect("\(RegularFile.Failure.tooLong(limit: 3 << 20))" == "it is longer than 3 MiB")
  }

  @Test func `what is no file is refused at once and by its name`() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let socketPath = folder.path + "/s"
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(bound == 0)
    for (path, reason) in [
      (folder.path, "it is a folder, not a file"), (pipe, "it is a pipe, not a file"),
      ("/dev/null", "it is a device, not a file"),
      (folder.path + "/none", "No such file or directory"),
      (socketPath, "No such device or address"),
    ] {
      let found = failure { _ = try RegularFile(path: path) }
      #expect(found.map { "\($0)" } == reason)
    }
  }

  @Test func `a file that others make shorter ends early, without a signal`() throws {
    let file = try TemporaryFile(Data(count: 100_000))
    let open = try RegularFile(path: file.path)
    #expect(truncate(file.path, 4_096) == 0)
    #expect(try open.bytes(0..<4_096).count == 4_096)
    #expect(failure { _ = try open.bytes(0..<100_000) } == .cutOff)
    #expect(failure { _ = try open.bytes(50_000..<50_001) } == .cutOff)
  }

  @Test func `what is open already can be read beside it`() throws {
    let file = try TemporaryFile(Data([1, 2, 3]))
    let descriptor = open(file.path, O_RDONLY)
    let copy = try RegularFile(descriptor: descriptor)
    close(descriptor)
    #expect(try copy.bytes(1..<3) == [2, 3])
    #expect(failure { _ = try RegularFile(descriptor: -1) } == .system(EBADF))
  }
}
