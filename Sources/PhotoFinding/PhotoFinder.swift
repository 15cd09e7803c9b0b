internal import Files
internal import Foundation
package import SystemPackage

/// Finds the photos in folders, in an order that depends on nothing but their names.
///
/// Files and folders whose names begin with a dot are passed by, and so are folders that systems and
/// programs keep for themselves, unless they were asked for: the folder itself, or by a pattern that
/// names it. A link to a file counts as one; a link to a folder is not followed, unless it is the
/// folder that was asked for, so that no circle of links leads astray.
package struct PhotoFinder: Sendable {
  package var patterns = NamePatterns()
  package var isRecursive = true
  /// Tells of a file whose name does not tell whether it is a photo; by default it is none.
  package var isPhoto: @Sendable (FilePath) -> Bool = { _ in false }

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
  /// - Parameters:
  ///   - relative: where the folder lies below the one that was asked for.
  ///   - unreadable: is told of each folder that cannot be read, with the system's reason; the
  ///     others go on.
  ///   - passedBy: is told of what is not taken and was not excluded.
  package func photos(
    in root: FilePath, at relative: FilePath = FilePath(),
    unreadable: (FilePath, String) -> Void, passedBy: (PassedBy.Item) -> Void = { _ in }
  ) -> [Found] {
    guard FileEntry(at: root) == .folder else {
      return [Found(path: root, relativePath: FilePath(root.lastComponent.map { "\($0)" } ?? "."))]
    }
    var found: [Found] = []
    // Folders still to be read, the next one last.
    var folders = [Found(path: root, relativePath: relative)]
    while let folder = folders.popLast() {
      var inner: [Found] = []
      do {
        for name in try names(in: folder.path) {
          let item = Found(
            path: folder.path.appending(name), relativePath: folder.relativePath.appending(name))
          switch fate(of: item, called: name) {
          case .photo: found.append(item)
          case .folder: inner.append(item)
          case .passedBy(let item): passedBy(item)
          case .unwanted: break
          }
        }
      } catch {
        unreadable(folder.path, "\(error)")
      }
      folders += inner.reversed()
    }
    return found
  }

  /// The folders in which `photos` looks, the outermost first.
  ///
  /// - Parameter relative: where the folder lies below the one that was asked for.
  package func folders(in root: FilePath, at relative: FilePath = FilePath()) -> [Found] {
    guard FileEntry(at: root) == .folder else { return [] }
    var found = [Found(path: root, relativePath: relative)]
    var next = 0
    while isRecursive, next < found.count {
      let folder = found[next]
      for name in (try? names(in: folder.path)) ?? [] {
        let item = Found(
          path: folder.path.appending(name), relativePath: folder.relativePath.appending(name))
        if case .folder = fate(of: item, called: name) { found.append(item) }
      }
      next += 1
    }
    return found
  }

  /// Whether a folder is at a path, links followed.
  package static func isFolder(_ path: FilePath) -> Bool {
    FileEntry(at: path) == .folder
  }

  /// Whether `photos` would take a file that lies in one of `folders`.
  package func takes(_ file: Found) -> Bool {
    guard let name = file.path.lastComponent else { return false }
    if case .photo = fate(of: file, called: name) { return true }
    return false
  }

  /// Whether `photos` would look into a folder that lies in one of `folders`.
  package func enters(_ folder: Found) -> Bool {
    guard let name = folder.path.lastComponent else { return false }
    if case .folder = fate(of: folder, called: name) { return true }
    return false
  }

  private enum Fate {
    case photo, folder, unwanted
    case passedBy(PassedBy.Item)
  }

  private func fate(of item: Found, called name: FilePath.Component) -> Fate {
    switch FileEntry(at: item.path, followingLinks: false) {
    case .folder: return fate(ofFolder: item, called: name)
    case .file: return fate(ofFile: item, called: name)
    case .link:
      return FileEntry(at: item.path) == .folder
        ? .passedBy(.linkedFolder) : fate(ofFile: item, called: name)
    case .pipe, .socket, .device, nil: return .unwanted
    }
  }

  private func fate(ofFolder folder: Found, called name: FilePath.Component) -> Fate {
    guard isRecursive, patterns.admitsFolder(folder.relativePath) else { return .unwanted }
    if patterns.askFor(name) { return .folder }
    if SystemFolder.isCalledLikeOne(name) || holdsThumbnails(folder.path, called: name) {
      return .passedBy(.systemFolder(name))
    }
    return name.isHidden ? .passedBy(.hiddenFolder) : .folder
  }

  private func fate(ofFile file: Found, called name: FilePath.Component) -> Fate {
    let verdict = patterns.verdict(onFile: file.relativePath)
    guard !name.isHidden else {
      // What begins so on foreign disks is macOS's, whatever it ends in.
      return verdict == .photo && !name.string.hasPrefix("._") ? .passedBy(.hiddenPhoto) : .unwanted
    }
    switch verdict {
    case .photo: return .photo
    case .unknown where isPhoto(file.path): return .photo
    case .unknown, .other: return name.isSidecar ? .unwanted : .passedBy(.otherFile(name))
    case .unwanted: return .unwanted
    }
  }

  /// Whether thumbnails of the photos beside a folder are in it: whether a file in it is called like
  /// one beside it, whatever they end in.
  private func holdsThumbnails(_ folder: FilePath, called name: FilePath.Component) -> Bool {
    guard SystemFolder.mayHoldThumbnails(name) else { return false }
    func stems(_ folder: FilePath) -> Set<String> {
      Set(((try? names(in: folder)) ?? []).map { $0.stem.lowercased() })
    }
    return !stems(folder).isDisjoint(with: stems(folder.removingLastComponent()))
  }

  /// The names in a folder, in the order of their bytes.
  ///
  /// - Throws: `Errno`.
  private func names(in folder: FilePath) throws -> [FilePath.Component] {
    var names: [(bytes: [UInt8], name: FilePath.Component)] = []
    try folder.forEachName { name in
      let bytes = name.withPlatformString {
        UnsafeRawBufferPointer(start: $0, count: strlen($0)).map(\.self)
      }
      names.append((bytes, name))
      return true
    }
    return names.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }.map(\.name)
  }
}

extension FilePath.Component {
  fileprivate var isHidden: Bool { string.hasPrefix(".") }

  /// Whether it is called like what programs keep beside a photo, as `photo.jpg.xmp`.
  fileprivate var isSidecar: Bool {
    guard ["json", "txt", "xmp"].contains(self.extension?.lowercased()) else { return false }
    let photo = FilePath(stem).extension?.lowercased() ?? ""
    return NamePatterns.photoExtensions.contains(photo)
  }
}
