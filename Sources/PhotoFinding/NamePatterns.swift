internal import Foundation
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

  /// What a name says of the file that bears it.
  package enum Verdict: Equatable, Sendable {
    /// It is wanted.
    case photo
    /// It is of another kind.
    case other
    /// Nothing, so that the file's content has to be looked at.
    case unknown
    /// It was excluded, or is not among those that were asked for.
    case unwanted
  }

  /// Endings that say nothing.
  private static let emptyEndings: Set<String> = [
    "bin", "dat", "data", "file", "image", "img", "unknown",
  ]

  /// - Parameter path: below the folder.
  package func verdict(onFile path: FilePath) -> Verdict {
    guard !matches(excluding, path) else { return .unwanted }
    guard including.isEmpty else { return matches(including, path) ? .photo : .unwanted }
    guard let ending = path.extension?.lowercased() else { return .unknown }
    if Self.photoExtensions.contains(ending) { return .photo }
    // Not an ending but a part of the name, as in “2021-07-04 18.30” and “No. 7”.
    let isNone = !ending.contains(where: \.isLetter) || ending.contains(where: \.isWhitespace)
    return isNone || Self.emptyEndings.contains(ending) ? .unknown : .other
  }

  /// - Parameter path: below the folder.
  package func admitsFolder(_ path: FilePath) -> Bool { !matches(excluding, path) }

  /// Whether files are asked for by the folder that they are in: whether a part of a pattern that is
  /// more than wildcards is like its name.
  package func askFor(_ folder: FilePath.Component) -> Bool {
    including.contains { pattern in
      pattern.split(separator: "/", omittingEmptySubsequences: false).dropLast().contains { part in
        part.contains { $0 != "*" && $0 != "?" }
          && matches([String(part)], FilePath(root: nil, [folder]))
      }
    }
  }

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
