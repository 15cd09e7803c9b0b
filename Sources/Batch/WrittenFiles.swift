internal import Files
internal import PhotoFinding
internal import PhotoMetadata
internal import Store
internal import SystemPackage

/// Finds files that were written, also where they were renamed since: at the places where their
/// pictures were seen, and in the folder in which they were.
struct WrittenFiles {
  private let store: Store
  /// The contents of folders, each read once.
  private var folders: [FilePath: [ContentHash: FilePath]] = [:]

  init(store: Store) { self.store = store }

  /// Where the file of a change lies; where it was, if it is nowhere to be found.
  ///
  /// - Throws: `StoreError`.
  mutating func place(of write: PhotoWrite) throws -> FilePath {
    // Names may have been swapped: what was written counts, wherever it is.
    if (try? ContentHash(ofFile: write.path)) == write.after { return write.path }
    let seen = try store.paths(of: write).map { photo in
      Sidecar.Kind(rawValue: write.kind.rawValue).map { Sidecar.path(for: photo, $0) } ?? photo
    }
    if let place = seen.first(where: { (try? ContentHash(ofFile: $0)) == write.after }) {
      return place
    }
    return contents(ofFolder: write.path.removingLastComponent(), like: write)[write.after]
      ?? write.path
  }

  /// The files of a folder that end like a file that was written, by their contents.
  private mutating func contents(
    ofFolder folder: FilePath, like write: PhotoWrite
  ) -> [ContentHash: FilePath] {
    let ending = write.path.extension ?? ""
    let key = folder.appending("*." + ending)
    if let known = folders[key] { return known }
    var finder = PhotoFinder()
    finder.isRecursive = false
    finder.patterns = NamePatterns(including: ["*." + ending])
    let files = finder.photos(in: folder, unreadable: { _, _ in }).map(\.path)
    let contents = files.reduce(into: [ContentHash: FilePath]()) { contents, file in
      if let hash = try? ContentHash(ofFile: file) { contents[hash] = file }
    }
    folders[key] = contents
    return contents
  }
}
