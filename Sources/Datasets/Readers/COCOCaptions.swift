package import Foundation
package import SystemPackage

/// Photos and what people wrote about them, as COCO's `captions_val2014.json` has it
/// (https://cocodataset.org/#format-data).
package struct COCOCaptions: Equatable, Sendable {
  package struct Image: Equatable, Sendable {
    package let id: Int64
    package let fileName: String?
    /// As this program writes it into exports; COCO itself has a file for each split.
    package let split: String?
  }

  /// In the file's order.
  package let images: [Image]
  package let annotations: [COCOCaption]

  /// - Throws: `DatasetError`.
  package init(path: FilePath) throws { try self.init(DatasetFile(path: path)) }

  /// - Parameter name: what the file is called in errors.
  /// - Throws: `DatasetError.tooLong`, `.malformed` also where there are no images or annotations.
  package init(data: Data, name: String) throws {
    try self.init(DatasetFile(data: data, name: name))
  }

  init(_ file: DatasetFile) throws {
    let contents = try file.decodeJSON(Contents.self)
    for (list, isEmpty) in [
      ("images", contents.images.isEmpty), ("annotations", contents.annotations.isEmpty),
    ] where isEmpty {
      throw DatasetError.malformed(
        path: file.name, place: .whole, reason: "its list “\(list)” is empty")
    }
    (images, annotations) = (contents.images, contents.annotations)
  }

  /// The captions of each picture that has any, in the file's order.
  package var references: [Int64: [String]] {
    annotations.reduce(into: [:]) { $0[$1.imageID, default: []].append($1.caption) }
  }
}

private struct Contents: Decodable {
  let images: [COCOCaptions.Image]
  let annotations: [COCOCaption]
}

extension COCOCaptions.Image: Decodable {
  private enum CodingKeys: String, CodingKey {
    case id, split
    case fileName = "file_name"
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    id = try values.decodeIdentifier(forKey: .id)
    fileName = try values.decodeIfPresent(String.self, forKey: .fileName)
    split = try values.decodeIfPresent(String.self, forKey: .split)
  }
}
