internal import Files
internal import Foundation
package import SystemPackage

/// Tells files that have gone from those on a disk that is not connected.
///
/// A file has gone only where there are signs that its disk is there. So one does not count as gone
/// if the folder that a batch was asked for has gone with it, or if everything is gone where disks
/// are mounted; an empty folder may be a mount point without its disk.
package struct FilePresence {
  package enum Presence: Equatable, Sendable {
    case here, gone
    /// With the folder that is absent or empty.
    case notConnected(FilePath)
  }

  /// Folders that batches were asked for.
  private let roots: [FilePath]
  /// Whether the store knows of a file in a folder that is there.
  private let hasFile: (FilePath) throws -> Bool
  /// What is known of folders already.
  private var folders: [FilePath: Presence] = [:]
  private var absentRoots: [FilePath: Bool] = [:]

  /// - Parameters:
  ///   - roots: folders that batches were asked for.
  ///   - hasFile: whether the store knows of a file in a folder that is there.
  package init(roots: Set<FilePath>, hasFile: @escaping (FilePath) throws -> Bool) {
    // The innermost decides.
    self.roots = roots.sorted { $0.components.count > $1.components.count }
    self.hasFile = hasFile
  }

  /// - Parameter path: absolute.
  /// - Throws: what `hasFile` throws.
  package mutating func presence(of path: FilePath) throws -> Presence {
    guard FileEntry.isNothing(at: path) else { return .here }
    // A link that leads nowhere: what it led to may come back.
    if path.isLink { return .notConnected(path) }
    return try presence(ofAFileGoneFrom: path.removingLastComponent())
  }

  private mutating func presence(ofAFileGoneFrom folder: FilePath) throws -> Presence {
    if let known = folders[folder] { return known }
    let presence = try findPresence(ofAFileGoneFrom: folder)
    folders[folder] = presence
    return presence
  }

  private mutating func findPresence(ofAFileGoneFrom folder: FilePath) throws -> Presence {
    for root in roots where folder.starts(with: root) {
      if try isAbsent(root) { return .notConnected(root) }
    }
    guard !FileEntry.isNothing(at: folder) else {
      return try presence(inAbsent: Self.outermostAbsent(folder))
    }
    return Self.isEmpty(folder) ? .notConnected(folder) : .gone
  }

  /// Whether nothing is there of a folder that a batch was asked for.
  private mutating func isAbsent(_ root: FilePath) throws -> Bool {
    if let known = absentRoots[root] { return known }
    let isAbsent = try FileEntry.isNothing(at: root) || Self.isEmpty(root) || !hasFile(root)
    absentRoots[root] = isAbsent
    return isAbsent
  }

  /// - Parameter folder: the outermost that has gone: all above it are there.
  private func presence(inAbsent folder: FilePath) throws -> Presence {
    let parent = folder.removingLastComponent()
    guard !folder.isLink, !Self.holdsDisks(parent), !Self.isEmpty(parent),
      try hasFile(parent)
    else { return .notConnected(folder) }
    return .gone
  }

  private static func isEmpty(_ folder: FilePath) -> Bool {
    var isEmpty = true
    do {
      try folder.forEachName { _ in
        isEmpty = false
        return false
      }
    } catch {
      return false
    }
    return isEmpty
  }

  private static func outermostAbsent(_ folder: FilePath) -> FilePath {
    var outermost = folder
    while case let parent = outermost.removingLastComponent(), parent != outermost,
      FileEntry.isNothing(at: parent)
    {
      outermost = parent
    }
    return outermost
  }

  /// Whether disks are mounted right in a folder, by the custom of systems.
  private static func holdsDisks(_ folder: FilePath) -> Bool {
    let parts = folder.components.map(\.string)
    switch parts.first {
    case nil: return true
    case "mnt", "Volumes", "net": return parts.count == 1
    case "media": return parts.count <= 2
    case "run":
      return parts.count == 1 || parts.last == "gvfs" || parts[1] == "media" && parts.count <= 3
    default: return false
    }
  }
}
