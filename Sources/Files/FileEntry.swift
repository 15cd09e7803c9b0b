internal import Foundation
package import SystemPackage

/// What stands at a path, or is open.
package enum FileEntry: Equatable, Sendable {
  case file, folder, link, pipe, socket, device

  /// - Parameter followingLinks: whether what a link leads to is meant.
  /// - Returns: nil where nothing is, or the system does not say what; `lastSystemError` is why.
  package init?(at path: FilePath, followingLinks: Bool = true) {
    var status = stat()
    let result = path.withPlatformString {
      followingLinks ? stat($0, &status) : lstat($0, &status)
    }
    guard result == 0 else { return nil }
    self.init(status)
  }

  /// - Returns: nil where nothing is open.
  package init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  init(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    case S_IFLNK: self = .link
    case S_IFIFO: self = .pipe
    case S_IFSOCK: self = .socket
    default: self = .device
    }
  }

  /// With its article.
  package var name: String { self == .file ? "a file" : "a \(self)" }

  /// Whether the system says that nothing is at a path, links followed; it may also not say.
  package static func isNothing(at path: FilePath) -> Bool {
    FileEntry(at: path) == nil && (errno == ENOENT || errno == ENOTDIR)
  }
}

extension FilePath {
  /// The names in a folder, in the order that the system has them in, but for `.` and `..`.
  ///
  /// - Parameters:
  ///   - first: with what they begin that count; a glance is enough for all others.
  ///   - body: returns whether to go on.
  /// - Throws: `Errno`; what `body` throws.
  package func forEachName(
    beginningWith first: Unicode.Scalar? = nil, _ body: (FilePath.Component) throws -> Bool
  ) throws {
    let first = first.map { CChar(bitPattern: UInt8(ascii: $0)) }
    guard let stream = withPlatformString({ opendir($0) }) else { throw Errno(rawValue: errno) }
    defer { closedir(stream) }
    func next() -> UnsafeMutablePointer<dirent>? {
      errno = 0
      return readdir(stream)
    }
    while let entry = next() {
      guard first == nil || first == entry.pointee.d_name.0 else { continue }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) {
          FilePath.Component(platformString: $0)
        }
      }
      if let name, name.kind == .regular, try !body(name) { return }
    }
    if errno != 0 { throw Errno(rawValue: errno) }
  }
}
