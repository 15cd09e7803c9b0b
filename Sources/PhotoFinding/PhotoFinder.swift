#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
package import SystemPackage

/// Finds the photos in folders, in an order that depends on nothing but their names.
///
/// Files and folders whose names begin with a dot are passed by. A link to a file counts as one; a
/// link to a folder is not followed, unless it is the folder that was asked for, so that no circle
/// of links leads astray.
package struct PhotoFinder: Sendable {
  package var patterns = NamePatterns()
  package var isRecursive = true

  package init() {}

  /// A file that was found.
  package struct Found: Equatable, Sendable {
    package let path: FilePath
    /// Where it lies below the folder that was asked for; its name, if it was asked for itself.
    package let relativePath: FilePath

    package init(path: FilePath, relativePath: FilePath) {
      self.path = path
      self.relativePath = relativePath
    }
  }

  /// The photos of a folder, or the file itself, whatever it is called.
  ///
  /// - Parameter unreadable: is told of each folder that cannot be read, with the system's reason;
  ///   the others go on.
  package func photos(in root: FilePath, unreadable: (FilePath, String) -> Void) -> [Found] {
    guard Entry(at: root, followingLinks: true) == .folder else {
      return [Found(path: root, relativePath: FilePath(root.lastComponent.map { "\($0)" } ?? "."))]
    }
    var found: [Found] = []
    // Folders still to be read, the next one last.
    var folders = [(path: root, relative: FilePath())]
    while let folder = folders.popLast() {
      var inner: [(path: FilePath, relative: FilePath)] = []
      do {
        for name in try names(in: folder.path) {
          let path = folder.path.pushing(name)
          let relative = folder.relative.pushing(name)
          switch Entry(at: path, followingLinks: false) {
          case .folder where isRecursive && patterns.admitsFolder(relative):
            inner.append((path, relative))
          case .file where patterns.admitsFile(relative),
            .link
          where patterns.admitsFile(relative)
            && Entry(at: path, followingLinks: true) != .folder:
            found.append(Found(path: path, relativePath: relative))
          default: break
          }
        }
      } catch {
        unreadable(folder.path, "\(error)")
      }
      folders += inner.reversed()
    }
    return found
  }

  /// The folders in which `photos(in:unreadable:)` looks, the outermost first.
  package func folders(in root: FilePath) -> [FilePath] {
    guard Entry(at: root, followingLinks: true) == .folder else { return [] }
    var found = [(path: root, relative: FilePath())]
    var next = 0
    while isRecursive, next < found.count {
      let folder = found[next]
      for name in (try? names(in: folder.path)) ?? [] {
        let (path, relative) = (folder.path.pushing(name), folder.relative.pushing(name))
        if Entry(at: path, followingLinks: false) == .folder, patterns.admitsFolder(relative) {
          found.append((path, relative))
        }
      }
      next += 1
    }
    return found.map(\.path)
  }

  /// The names in a folder that do not begin with a dot, in the order of their bytes.
  ///
  /// - Throws: `Errno`.
  private func names(in folder: FilePath) throws(Errno) -> [FilePath] {
    guard let stream = folder.withPlatformString({ opendir($0) }) else {
      throw Errno(rawValue: errno)
    }
    defer { closedir(stream) }
    var names: [[CChar]] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { start in
          Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1))
        }
      }
      if name.first != CChar(UInt8(ascii: ".")) { names.append(name) }
      errno = 0
    }
    if errno != 0 { throw Errno(rawValue: errno) }
    names.sort {
      $0.lexicographicallyPrecedes($1) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) }
    }
    return names.map { FilePath(platformString: $0) }
  }
}

/// What stands at a path.
private enum Entry {
  case file, folder, link, other

  init(at path: FilePath, followingLinks: Bool) {
    var status = stat()
    let result = path.withPlatformString {
      followingLinks ? stat($0, &status) : lstat($0, &status)
    }
    guard result == 0 else {
      self = .other
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    case S_IFLNK: self = .link
    default: self = .other
    }
  }
}
