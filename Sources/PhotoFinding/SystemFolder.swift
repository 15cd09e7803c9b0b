package import SystemPackage

/// What systems and programs keep beside people's photos: thumbnails, previews, trash, earlier
/// versions, and libraries whose files are none of other programs' business.
package enum SystemFolder {
  /// In lower case: those who make them do not tell cases apart, or disks do not.
  private static let names: Set<String> = [
    // Synology
    "@eadir", "#recycle", "#snapshot", "@tmp", "@sharesnap",
    // QNAP
    "@recycle", "@recently-snapshot", ".@__thumb", ".@upload_cache",
    // Other network storage, and Samba
    ".recycle", ".snapshot", ".snapshots", "~snapshot", ".zfs", ".wdmc", ".wdcache", "trashbox",
    // Windows
    "$recycle.bin", "recycler", "recycled", "system volume information",
    // macOS
    ".trash", ".trashes", ".spotlight-v100", ".fseventsd", ".documentrevisions-v100",
    ".temporaryitems", "__macosx",
    // Linux
    ".thumbnails", "lost+found",
    // Photo programs
    "thumbs", ".dtrash", ".picasaoriginals",
    // Programs that synchronise
    ".stversions", ".sync", ".dropbox.cache", "files_trashbin", "files_versions",
  ]

  /// Of folders that are documents to their programs.
  private static let endings: Set<String> = [
    // Apple
    "photoslibrary", "photolibrary", "migratedphotolibrary", "aplibrary", "migratedaplibrary",
    "imovielibrary", "tvlibrary", "fcpbundle",
    // Adobe Lightroom
    "lrdata", "lrcat-data", "lrlibrary",
    // Capture One
    "cocatalog",
  ]

  /// Whether a folder is called like one of these.
  package static func isCalledLikeOne(_ folder: FilePath.Component) -> Bool {
    let name = folder.string.lowercased()
    // The trash of each user, as .Trash-1000.
    return names.contains(name) || name.hasPrefix(".trash-")
      || folder.extension.map { endings.contains($0.lowercased()) } ?? false
  }

  /// Whether a folder is called as programs call those for thumbnails, and people some of theirs.
  static func mayHoldThumbnails(_ folder: FilePath.Component) -> Bool {
    ["thumbnails", "_thumbs", "_thumbnails"].contains(folder.string.lowercased())
  }
}
