import Foundation
import PhotoMetadata
import SystemPackage
import TestSupport
import Testing

struct FileReplacementTests {
  private let folder: TemporaryFolder
  private let path: FilePath

  init() throws {
    folder = try TemporaryFolder()
    path = FilePath(folder.path).appending("photo.jpg")
    try Data(try photo("\(decoding)/grey.jpg")).write(to: url(path))
  }

  private func url(_ path: FilePath) -> URL { URL(filePath: path.string) }

  private func contents(_ path: FilePath) throws -> [UInt8] {
    try FileReplacement.read(path).bytes
  }

  private func edit(_ text: String = "A dog.", _ path: FilePath? = nil) throws -> FileEdit {
    try #require(
      try FileEdit.embedding(sentence(text), in: path ?? self.path))
  }

  private func status(_ path: FilePath) -> stat {
    var status = stat()
    _ = path.withPlatformString { lstat($0, &status) }
    return status
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test func `a description is embedded and taken out again`() throws {
    let original = try contents(path)
    let edit = try edit()
    #expect(!edit.isNew)
    #expect(try contents(path) == original)
    let undo = try FileUndo(serialized: edit.undo.serialized, name: "photo")
    #expect(undo == edit.undo)
    // Nothing was done yet, as after a crash right before it.
    #expect(try !undo.apply(to: path))
    let before = status(path)
    try edit.commit()
    #expect(try contents(path) == edit.bytes)
    #expect(PhotoProperties(edit.bytes)[.description]?.text == "A dog.")
    #expect(try FileEdit.embedding(sentence("A dog."), in: path) == nil)
    #expect(try names() == ["photo.jpg"])
    #expect(try undo.apply(to: path))
    #expect(try contents(path) == original)
    #expect(status(path).st_mtim.tv_nsec == before.st_mtim.tv_nsec)
    #expect(try !undo.apply(to: path))
  }

  @Test func `mode, extended attributes and, if asked for, the time of change stay`() throws {
    _ = path.withPlatformString { chmod($0, 0o640) }
    let hasAttributes = setAttribute("user.rating", "5")
    _ = path.withPlatformString { path in
      utimensat(
        AT_FDCWD, path,
        [timespec(tv_sec: 1_000, tv_nsec: 5), timespec(tv_sec: 2_000, tv_nsec: 123_456_789)], 0)
    }
    try edit("A dog.").commit(keepsModificationTime: true)
    let after = status(path)
    #expect(after.st_mode & 0o7777 == 0o640)
    #expect(after.st_mtim.tv_sec == 2_000 && after.st_mtim.tv_nsec == 123_456_789)
    if hasAttributes { #expect(attribute("user.rating") == "5") }
    try edit("A cat.").commit()
    #expect(status(path).st_mtim.tv_sec > 2_000)
    #expect(status(path).st_mode & 0o7777 == 0o640)
  }

  /// False where the file system has none.
  private func setAttribute(_ name: String, _ value: String) -> Bool {
    run("/usr/bin/setfattr", ["-n", name, "-v", value, path.string]) != nil
  }

  private func attribute(_ name: String) -> String? {
    run("/usr/bin/getfattr", ["--only-values", "-n", name, path.string])
  }

  private func run(_ program: String, _ arguments: [String]) -> String? {
    guard FileManager.default.isExecutableFile(atPath: program) else { return nil }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }

  @Test func `the target of a link is replaced, and the link stays`() throws {
    let link = FilePath(folder.path).appending("link.jpg")
    try FileManager.default.createSymbolicLink(
      atPath: link.string, withDestinationPath: "photo.jpg")
    try edit("A dog.", link).commit()
    #expect(status(link).st_mode & S_IFMT == S_IFLNK)
    #expect(PhotoProperties(try contents(path))[.description]?.text == "A dog.")
    #expect(try names() == ["link.jpg", "photo.jpg"])
  }

  @Test func `a photo that became a link in the meantime is left alone`() throws {
    let edit = try edit()
    let moved = FilePath(folder.path).appending("moved.jpg")
    try FileManager.default.moveItem(atPath: path.string, toPath: moved.string)
    // It leads to the very same file, which is at another place now.
    try FileManager.default.createSymbolicLink(
      atPath: path.string, withDestinationPath: "moved.jpg")
    #expect(throws: MetadataError.changed(path: path.string)) { try edit.commit() }
    #expect(PhotoProperties(try contents(moved))[.description] == nil)
    #expect(try names() == ["moved.jpg", "photo.jpg"])
  }

  @Test func `other names of a file keep what they have`() throws {
    let backup = FilePath(folder.path).appending("backup.jpg")
    try FileManager.default.linkItem(atPath: path.string, toPath: backup.string)
    let before = try contents(path)
    let edit = try edit()
    try edit.commit()
    #expect(try contents(backup) == before)
    #expect(try contents(path) == edit.bytes)
    #expect(try edit.undo.apply(to: path))
    #expect(try contents(path) == before)
  }

  @Test func `a file that changed in the meantime is left alone`() throws {
    let edit = try edit()
    let handle = try FileHandle(forWritingTo: url(path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([1]))
    try handle.close()
    let changed = try contents(path)
    #expect(throws: MetadataError.changed(path: path.string)) { try edit.commit() }
    #expect(throws: MetadataError.changed(path: path.string)) { try edit.undo.apply(to: path) }
    #expect(try contents(path) == changed)
    #expect(try names() == ["photo.jpg"])
    try FileManager.default.removeItem(atPath: path.string)
    #expect(throws: MetadataError.missing(path: path.string)) { try edit.commit() }
    #expect(try names() == [])
  }

  @Test func `a file that came in the meantime is not replaced`() throws {
    let edit = try #require(try Sidecar.text("A dog.", for: path) { _, _ in false })
    #expect(edit.isNew)
    try Data("mine".utf8).write(to: url(edit.path))
    #expect(throws: MetadataError.changed(path: edit.path.string)) { try edit.commit() }
    #expect(try contents(edit.path) == Array("mine".utf8))
    #expect(try names() == ["photo.jpg", "photo.jpg.txt"])
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everything"))
  func `write-protected files and folders are errors`() throws {
    let edit = try edit()
    _ = path.withPlatformString { chmod($0, 0o444) }
    #expect(throws: MetadataError.self) { try edit.commit() }
    _ = path.withPlatformString { chmod($0, 0o644) }
    _ = folder.path.withCString { chmod($0, 0o555) }
    defer { _ = folder.path.withCString { chmod($0, 0o755) } }
    #expect(throws: MetadataError.self) { try edit.commit() }
  }

  @Test func `folders, pipes and what is not there are errors`() throws {
    #expect(throws: MetadataError.notAFile(path: folder.path)) {
      try FileReplacement.read(FilePath(folder.path))
    }
    let pipe = FilePath(folder.path).appending("pipe")
    _ = pipe.withPlatformString { mkfifo($0, 0o600) }
    #expect(throws: MetadataError.notAFile(path: pipe.string)) { try FileReplacement.read(pipe) }
    let missing = path.appending("photo.jpg")
    #expect(throws: MetadataError.missing(path: missing.string)) {
      try FileReplacement.read(missing)
    }
    #expect(throws: MetadataError.self) {
      try FileEdit.embedding(sentence("A dog."), in: missing)
    }
  }

  @Test func `names of any bytes are fine`() throws {
    let name: [CChar] = [CChar(bitPattern: 0xFF), 0x0A, 0x27, CChar(bitPattern: 0xC3), 0]
    let odd = FilePath(folder.path).appending(
      name.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { FilePath(platformString: $0) } ?? FilePath("")
      }.components)
    let bytes = try contents(path)
    let descriptor = odd.withPlatformString { open($0, O_WRONLY | O_CREAT, 0o644) }
    #expect(bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
    close(descriptor)
    try edit("A dog.", odd).commit()
    #expect(PhotoProperties(try contents(odd))[.description]?.text == "A dog.")
    for kind in Sidecar.Kind.allCases {
      let sidecar = Sidecar.path(for: odd, kind)
      let count = sidecar.length - odd.length
      #expect(count == kind.rawValue.utf8.count + 1)
      #expect(
        sidecar.withPlatformString { a in odd.withPlatformString { strncmp(a, $0, odd.length) } }
          == 0)
    }
    let text = try #require(try Sidecar.text("A dog.", for: odd) { _, _ in false })
    try text.commit()
    #expect(try contents(Sidecar.path(for: odd, .text)) == Array("A dog.\n".utf8))
    #expect(try text.undo.apply(to: text.path))
    #expect(try names().count == 2)
  }

  /// Root alone may mount, and not in every container.
  @Test(.enabled(if: SmallDisk.isAvailable))
  func `a full disk is an error, and changes nothing`() throws {
    let disk = try SmallDisk(kilobytes: 64)
    let photo = FilePath(disk.path).appending("photo.jpg")
    var bytes = try contents(path)
    bytes += [UInt8](repeating: 7, count: 40 << 10)
    try Data(bytes).write(to: url(photo))
    let edit = try edit("A dog.", photo)
    #expect {
      try edit.commit()
    } throws: { error in
      guard case .writeFailed(_, let reason)? = error as? MetadataError else { return false }
      return reason == "No space left on device"
    }
    #expect(try contents(photo) == bytes)
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["photo.jpg"])
  }
}

/// A file system in memory that holds little.
final class SmallDisk {
  private let folder: TemporaryFolder
  var path: String { folder.path }

  static let isAvailable = (try? SmallDisk(kilobytes: 16)) != nil

  struct Unavailable: Error {}

  init(kilobytes: Int) throws {
    folder = try TemporaryFolder()
    guard mount("tmpfs", folder.path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else {
      throw Unavailable()
    }
  }

  deinit { umount(folder.path) }
}
