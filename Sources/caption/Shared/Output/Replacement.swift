import Files
import Foundation
import ModelFiles
import SystemPackage

/// What the file that a command writes may take the place of.
///
/// Never of what the command reads, of a store, a model's file or a photo; of a file of the kind that
/// is written always, and of any other where that was asked for.
struct Replacement {
  /// What is to be written.
  let kind: FileKind
  /// The files that the command reads.
  var inputs: [FilePath] = []
  /// Whether a file of another kind may be replaced.
  var isForced = false

  /// - Parameter path: where the result is to be; through links, the file that they lead to counts.
  /// - Throws: `ReplacementError`.
  func check(_ path: FilePath) throws {
    // Devices and pipes are written into, and stay.
    if let entry = FileEntry(at: path), entry != .file { return }
    try Self.check(path, against: inputs)
    let target = path.resolved ?? path
    try checkNeighbours(of: path, path)
    try checkNeighbours(of: target, path)
    switch Self.kind(of: target) {
    case nil: break
    case let found? where found == kind: break
    case .store?: throw ReplacementError.protected(path, FileKind.store.name)
    case .photo?: throw ReplacementError.protected(path, FileKind.photo.name)
    case .weights?: throw ReplacementError.protected(path, FileKind.weights.name)
    case _?:
      guard isForced else { throw ReplacementError.otherKind(path, wanted: kind) }
    }
  }

  /// - Throws: `ReplacementError` where the path leads to one of the files, by whatever name.
  static func check(_ path: FilePath, against inputs: [FilePath]) throws {
    guard FileEntry(at: path) == .file, let status = status(path) else { return }
    let input = inputs.first { input in
      Self.status(input).map { $0.st_dev == status.st_dev && $0.st_ino == status.st_ino } ?? false
    }
    if let input { throw ReplacementError.input(path, input) }
  }

  /// Whether a path is that of a file which belongs to others, be there a file or not.
  private func checkNeighbours(of target: FilePath, _ path: FilePath) throws {
    let folder = target.removingLastComponent()
    if let name = target.lastComponent?.string,
      ModelFolder(path: folder.isEmpty ? "." : folder.string).contains(name)
    {
      throw ReplacementError.protected(path, "part of a model")
    }
    // SQLite takes what is so called for a part of the store, whatever is in it.
    let name = target.string
    for end in ["-wal", "-shm", "-journal"] where name.hasSuffix(end) {
      let store = FilePath(String(name.dropLast(end.count)))
      if Self.kind(of: store) == .store {
        throw ReplacementError.protected(path, "part of a store")
      }
    }
  }

  private static func status(_ path: FilePath) -> stat? {
    var status = stat()
    return path.withPlatformString({ stat($0, &status) }) == 0 ? status : nil
  }

  /// - Returns: nil for an empty file, or none; another kind for what cannot be read.
  static func kind(of path: FilePath) -> FileKind? {
    guard FileEntry(at: path) == .file else { return nil }
    var bytes = [UInt8](repeating: 0, count: FileKind.beginningSize)
    do {
      let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      let count = try descriptor.closeAfter {
        try bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }
      }
      return FileKind(beginning: Array(bytes.prefix(count)))
    } catch {
      return .other
    }
  }
}

/// Why a result cannot be written where it was asked for.
enum ReplacementError: Failure {
  /// What the command reads is there.
  case input(FilePath, FilePath)
  /// Something is there that no output replaces.
  case protected(FilePath, String)
  case otherKind(FilePath, wanted: FileKind)
  /// What no training run of this kind has written is in a run's folder.
  case foreign(FilePath)

  var parts: FailureParts {
    switch self {
    case .input(let path, let input):
      .init(.usage, path.string, "is what the command reads (\(input)), which no output replaces")
    case .protected(let path, let what):
      .init(.usage, path.string, "is \(what), which no output replaces")
    case .otherKind(let path, let wanted):
      .init(
        .usage, path.string,
        "is there and is not \(wanted.name), which would replace it; --force lets it")
    case .foreign(let path):
      .init(
        .usage, path.string,
        "is there and is not of such a training run, which would replace it; give another --output")
    }
  }
}
