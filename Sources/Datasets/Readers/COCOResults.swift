package import Foundation
package import SystemPackage

/// Captions to be measured, as COCO's evaluation takes them: `[{"image_id": 42, "caption": "…"}]`,
/// one a picture (https://cocodataset.org/#format-results).
package struct COCOResults: Equatable, Sendable {
  /// In the file's order, no two of one picture.
  package let entries: [COCOCaption]

  /// - Throws: `DatasetError`.
  package init(path: FilePath) throws { try self.init(DatasetFile(path: path)) }

  /// - Parameter name: what the file is called in errors.
  /// - Throws: `DatasetError.tooLong`, `.malformed` also where there are no captions, or two of one
  ///   picture.
  package init(data: Data, name: String) throws {
    try self.init(DatasetFile(data: data, name: name))
  }

  private init(_ file: DatasetFile) throws {
    entries = try file.decodeJSON([COCOCaption].self)
    guard !entries.isEmpty else {
      throw DatasetError.malformed(path: file.name, place: .whole, reason: "its list is empty")
    }
    var first: [Int64: Int] = [:]
    first.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      if let earlier = first.updateValue(index, forKey: entry.imageID) {
        throw DatasetError.malformed(
          path: file.name, place: .value("[\(index)]"),
          reason: "picture \(entry.imageID) has a caption already, in [\(earlier)]")
      }
    }
  }
}
