#if os(Linux)
  package import Files
  internal import Foundation
  package import PhotoFinding
  package import SystemPackage

  /// Tells of photos that arrive in folders, also in folders that arrive there, by Linux's inotify.
  ///
  /// Unchecked: a watcher is used by one thread at a time.
  package final class FolderWatcher: @unchecked Sendable {
    private let finder: PhotoFinder
    private let roots: [FilePath]
    private let descriptor: Int32
    /// By inotify's numbers: a folder and where it lies below its root.
    private var folders: [Int32: PhotoFinder.Found] = [:]

    private static let events = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR)

    /// Begins to watch: whatever arrives from now on is told by `arrivals`.
    ///
    /// - Throws: `WatchError`.
    package init(_ roots: [FilePath], finder: PhotoFinder) throws {
      self.finder = finder
      self.roots = roots
      descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
      guard descriptor >= 0 else { throw WatchError(path: nil, errno) }
      for root in roots { try watch(root, relative: FilePath()) }
    }

    deinit { close(descriptor) }

    /// The photos that have arrived, in the order of their arrival; waits for a fifth of a second
    /// at most.
    ///
    /// - Throws: `WatchError` where a new folder cannot be watched.
    package func arrivals() throws -> [PhotoFinder.Found] {
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&request, 1, 200) > 0 else { return [] }
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(descriptor, &buffer, buffer.count)
      var found: [PhotoFinder.Found] = []
      var offset = 0
      let header = MemoryLayout<inotify_event>.size
      while offset + header <= count {
        let event = buffer.withUnsafeBytes {
          $0.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
        }
        let nameStart = offset + header
        let nameEnd = min(nameStart + Int(event.len), count)
        let name = buffer[nameStart..<nameEnd].prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
        found += try photos(event, name: name)
        offset = nameEnd
      }
      return found
    }

    private func photos(_ event: inotify_event, name: [CChar]) throws -> [PhotoFinder.Found] {
      if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
        // Events were lost: everything is looked through again.
        for root in roots { try watch(root, relative: FilePath()) }
        return roots.flatMap { finder.photos(in: $0, unreadable: { _, _ in }) }
      }
      if event.mask & UInt32(IN_IGNORED) != 0 {
        folders[event.wd] = nil
        return []
      }
      guard let folder = folders[event.wd],
        let name = FilePath.Component(platformString: name + [0])
      else { return [] }
      let added = PhotoFinder.Found(
        path: folder.path.appending(name), relativePath: folder.relativePath.appending(name))
      if event.mask & UInt32(IN_ISDIR) != 0 {
        guard finder.enters(added) else { return [] }
        try watch(added.path, relative: added.relativePath)
        // Files may have come before the watch did.
        return finder.photos(in: added.path, at: added.relativePath, unreadable: { _, _ in })
      }
      let isComplete = event.mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO) != 0
      return isComplete && finder.takes(added) ? [added] : []
    }

    /// Watches a folder and those in it; a folder that has gone meanwhile is none.
    private func watch(_ root: FilePath, relative: FilePath) throws {
      for folder in finder.folders(in: root, at: relative) {
        let number = folder.path.withPlatformString {
          inotify_add_watch(descriptor, $0, Self.events)
        }
        guard number >= 0 else {
          if errno == ENOENT || errno == ENOTDIR { continue }
          throw WatchError(path: folder.path, errno)
        }
        folders[number] = folder
      }
    }
  }

  /// The system does not let a folder be watched.
  package struct WatchError: Failure {
    /// The folder; nil where it is none in particular.
    package let subject: String?
    package let reason: String

    package var parts: FailureParts { .init(.inputOutput, subject, reason) }

    init(path: FilePath?, _ number: Int32) {
      subject = path?.string
      let cause =
        number == ENOSPC
        ? "too many folders are watched already (see fs.inotify.max_user_watches)"
        : systemReason(number)
      reason = "cannot be watched: \(cause)"
    }
  }
#endif
