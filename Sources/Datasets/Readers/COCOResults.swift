package import Foundation
package import SystemPackage

/// Captions to be measured, as COCO's evaluation takes them: `[{"image_id": 42, "caption": "…"}]`,
/// one a picture (https://cocodataset.org/#format-results).
package struct COCOResults: Equatable, Sendable {
  /// In the file's order, no two of one picture.
  package let entries: [COCOCaption]
  /// Where the file was not UTF-8.
  package let repairs: [DatasetProblem]

  /// - Throws: `DatasetError`.
  package init(path: FilePath) throws { try self.init(DatasetFile(repairing: path)) }

  /// - Parameter name: what the file is called in errors.
  /// - Throws: `DatasetError.tooLong`, `.malformed` also where there are no captions, or two of one
  ///   picture.
  package init(data: Data, name: String) throws {
    try self.init(DatasetFile(repairing: data, name: name))
  }

  private init(_ file: DatasetFile) throws {
    entries = try file.decodeJSON([COCOCaption].self)
    repairs = file.repairs
    guard !entries.isEmpty else {
      throw DatasetError.malformed(path: file.name, place: .whole, reason: "its list is empty")
    }
    let kinds = Set(entries.prefix(1).map(\.imageID.kind))
    var first: [COCOIdentifier: Int] = [:]
    first.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      if let mismatch = entry.imageID.mismatch(with: kinds) {
        throw DatasetError.malformed(
          path: file.name, place: .value("[\(index)].image_id"), reason: mismatch)
      }
      if let earlier = first.updateValue(index, forKey: entry.imageID) {
        throw DatasetError.malformed(
          path: file.name, place: .value("[\(index)]"),
          reason: "picture \(entry.imageID) has a caption already, in [\(earlier)]")
      }
    }
  }
}
