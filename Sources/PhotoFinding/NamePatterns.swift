#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
package import SystemPackage

/// Which files of a folder are meant: shell patterns, as `*.jpg`, `IMG_20??` or `raw/*`, in either
/// case of letters.
///
/// A pattern with a slash is held against the path below the folder, and its `*` matches slashes,
/// too; one without against the name of a file or folder.
package struct NamePatterns: Equatable, Sendable {
  /// Files that are wanted; none means every file that is called like a photo.
  package var including: [String]
  /// Files that are not, and folders that are not entered.
  package var excluding: [String]

  package init(including: [String] = [], excluding: [String] = []) {
    self.including = including
    self.excluding = excluding
  }

  /// How files are called that this program reads.
  package static let photoExtensions: Set<String> = [
    "jpg", "jpeg", "jpe", "jfif", "png", "webp", "heic", "heif", "hif", "avif",
  ]

  /// - Parameter path: below the folder.
  package func admitsFile(_ path: FilePath) -> Bool {
    guard !matches(excluding, path) else { return false }
    guard including.isEmpty else { return matches(including, path) }
    return Self.photoExtensions.contains(path.extension?.lowercased() ?? "")
  }

  /// - Parameter path: below the folder.
  package func admitsFolder(_ path: FilePath) -> Bool { !matches(excluding, path) }

  private func matches(_ patterns: [String], _ path: FilePath) -> Bool {
    patterns.contains { pattern in
      let name = path.lastComponent.map { FilePath(root: nil, [$0]) }
      let subject = pattern.contains("/") ? path : name ?? path
      return subject.withPlatformString { fnmatch(pattern, $0, ignoringCase) == 0 }
    }
  }
}

/// `FNM_CASEFOLD` of GNU and BSD, which the module map hides.
private let ignoringCase: Int32 = 1 << 4
