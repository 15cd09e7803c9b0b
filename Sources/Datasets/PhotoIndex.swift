internal import Files
internal import PhotoFinding
internal import SystemPackage

/// Finds the photos of a dataset below folders, wherever in them they lie.
struct PhotoIndex {
  enum Result: Equatable {
    case found(FilePath)
    case missing
    /// So many files of that name, none of them where the dataset says.
    case ambiguous(Int)
  }

  private let folders: [FilePath]
  private let looksEverywhere: Bool
  /// By the last component of their paths; made when a photo is not where it should be.
  private var photos: [FilePath.Component: [FilePath]]?

  /// - Parameter looksEverywhere: whether photos that are not where the dataset says are looked for
  ///   by their names in all the folders' folders.
  init(_ folders: [FilePath], looksEverywhere: Bool) {
    self.folders = folders
    self.looksEverywhere = looksEverywhere
  }

  mutating func find(_ entry: DatasetEntry) -> Result {
    let name = FilePath(entry.name)
    for folder in folders {
      if let inner = entry.folder.map({ folder.pushing(FilePath($0)).pushing(name) }),
        FileEntry(at: inner) == .file
      {
        return .found(inner)
      }
      if case let path = folder.pushing(name), FileEntry(at: path) == .file { return .found(path) }
    }
    guard looksEverywhere, let last = name.lastComponent else { return .missing }
    let all = photos ?? allPhotos()
    photos = all
    let found = all[last] ?? []
    if found.count > 1 { return .ambiguous(found.count) }
    return found.first.map { .found($0) } ?? .missing
  }

  private func allPhotos() -> [FilePath.Component: [FilePath]] {
    var photos: [FilePath.Component: [FilePath]] = [:]
    for folder in folders {
      for photo in PhotoFinder().photos(in: folder, unreadable: { _, _ in }) {
        if let name = photo.path.lastComponent { photos[name, default: []].append(photo.path) }
      }
    }
    return photos
  }
}
