internal import Foundation
internal import PhotoFinding
internal import SystemPackage

extension FilePath {
  /// The files in a folder and its folders that the patterns admit.
  ///
  /// - Throws: `DatasetError.missing`, `.unreadable` also for one of the folders in it.
  func files(_ patterns: NamePatterns) throws -> [PhotoFinder.Found] {
    var finder = PhotoFinder()
    finder.patterns = patterns
    var failure: DatasetError?
    let found = finder.photos(in: self) { folder, reason in
      failure = failure ?? .unreadable(path: String(decoding: folder), reason: reason)
    }
    if let failure { throw failure }
    guard found.first?.path != self else {
      guard FileManager.default.fileExists(atPath: string) else {
        throw DatasetError.missing(path: String(decoding: self))
      }
      throw DatasetError.unreadable(path: String(decoding: self), reason: "it is not a folder")
    }
    return found
  }
}
