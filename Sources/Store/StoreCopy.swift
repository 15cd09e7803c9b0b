internal import Files
internal import Foundation
internal import GRDB
internal import SystemPackage

/// A copy of a store into which its log was folded, in a folder of its own.
///
/// SQLite reads a log only where it can write beside the store. Without its log, the store would be
/// as it was some time ago, or between two states.
final class StoreCopy: Sendable {
  let path: FilePath
  private let folder: FilePath

  /// Larger stores, with their logs, are not copied: 16 GiB.
  static let largestSize = 16 << 30

  /// What SQLite may have left beside a store: in its two ways to write.
  private static let logs = ["-wal", "-journal"]

  /// Whether there is something beside a store without which it cannot be understood.
  static func isNeeded(for path: FilePath) -> Bool {
    logs.contains { (FileState(of: FilePath(path.string + $0))?.byteCount ?? 0) > 0 }
  }

  /// - Throws: `StoreError`: `.unreadable` where the store is too large or a log cannot be read,
  ///   `.busy` where somebody writes meanwhile, `.damaged` where the log is not the store's.
  init(of path: FilePath) throws {
    let size = Self.parts(of: path).reduce(0) { $0 + $1.state.byteCount }
    let place = FilePath(FileManager.default.temporaryDirectory.path)
    guard size <= Self.largestSize else {
      throw Self.notCopied(path, "no copy of more than \(Self.largestSize >> 30) GiB is made")
    }
    var template = Array(place.appending("caption-store-XXXXXX").string.utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Self.notCopied(path, "no folder can be made in \(place): \(Errno(rawValue: errno))")
    }
    folder = template.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.map { FilePath(platformString: $0) } ?? FilePath()
    }
    self.path = folder.appending("store.sqlite")
    do {
      try Self.copy(path, to: self.path)
      try Self.foldLog(of: self.path, original: path)
    } catch {
      remove()
      throw error
    }
  }

  deinit { remove() }

  /// Removes the copy, which stays readable where it is open.
  func remove() {
    for suffix in ["", "-shm"] + Self.logs { unlink(path.string + suffix) }
    rmdir(folder.string)
  }

  private struct Part: Equatable {
    let suffix: String
    let state: FileState
  }

  private static func parts(of path: FilePath) -> [Part] {
    ([""] + logs).compactMap { suffix in
      FileState(of: FilePath(path.string + suffix)).map { Part(suffix: suffix, state: $0) }
    }
  }

  private static func notCopied(_ path: FilePath, _ reason: String) -> StoreError {
    .unreadable(
      path: path,
      reason: "its log can be read in a copy only, and \(reason); copy the store with its log "
        + "to where you can write")
  }

  private static func copy(_ path: FilePath, to copy: FilePath) throws {
    // Somebody else may write, or have just folded the log in.
    for _ in 0..<3 {
      let parts = parts(of: path)
      for part in parts {
        try copyFile(path, FilePath(path.string + part.suffix), to: copy.string + part.suffix)
      }
      guard parts != Self.parts(of: path) else { return }
      for suffix in [""] + logs { unlink(copy.string + suffix) }
    }
    throw StoreError.busy(path: path)
  }

  private static func copyFile(_ store: FilePath, _ source: FilePath, to target: String) throws {
    do {
      let input = try FileDescriptor.open(source, .readOnly, options: .closeOnExec)
      try input.closeAfter {
        let output = try FileDescriptor.open(
          FilePath(target), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
          permissions: .ownerReadWrite)
        try output.closeAfter {
          let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
          defer { buffer.deallocate() }
          while case let count = try input.read(into: buffer), count > 0 {
            try output.writeAll(buffer[..<count])
          }
        }
      }
    } catch let error as Errno {
      throw notCopied(store, "\(source) cannot be copied: \(error)")
    }
  }

  private static func foldLog(of copy: FilePath, original: FilePath) throws {
    do {
      let queue = try DatabaseQueue(path: copy.string, configuration: Store.configuration)
      let faults = try queue.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA journal_mode = DELETE")
        // A log that belongs to another file leaves pages that do not fit together.
        return try String.fetchAll(database, sql: "PRAGMA quick_check").filter {
          $0 != "ok" && !Database.isAboutRow($0)
        }
      }
      try queue.close()
      if let fault = faults.first {
        throw StoreError.damaged(path: original, reason: "with its log, \(fault)")
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      throw StoreError.damaged(
        path: original, reason: "with its log, \(error.message ?? "it contradicts itself")")
    }
  }
}
