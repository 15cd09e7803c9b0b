internal import Files
internal import PhotoMetadata
internal import Store
package import SystemPackage

/// Where is written: in the folders that a person named, and into the photos that were named
/// themselves, but not where links lead out of those folders.
package struct WritePlaces: Equatable, Sendable {
  /// Without links.
  private let folders: [FilePath]
  private let named: Set<FilePath>

  /// - Parameters:
  ///   - named: all that was named, photos as well as folders.
  ///   - folders: those of them that are folders.
  package init(named: [FilePath], folders: [FilePath]) {
    self.folders = folders.compactMap(\.resolved)
    self.named = Set(named.map(\.absolute))
  }

  /// Refuses a file that is not to be written.
  ///
  /// - Parameters:
  ///   - file: a photo, or one beside it.
  ///   - photo: as it was found.
  /// - Throws: `MetadataError.linkedOut`.
  func check(_ file: FilePath, of photo: FilePath) throws(MetadataError) {
    // Folders that are links are not entered, so that all else lies where it seems to.
    guard file.isLink, let place = file.resolved else { return }
    var admitted = folders
    if named.contains(photo.absolute) {
      if file == photo { return }
      admitted += [photo.absolute.removingLastComponent().resolved].compactMap { $0 }
    }
    guard admitted.contains(where: { place.starts(with: $0) }) else {
      throw .linkedOut(path: file.string)
    }
  }
}
