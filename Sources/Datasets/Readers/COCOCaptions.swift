package import Foundation
package import SystemPackage

/// Photos and what people wrote about them, as COCO's `captions_val2014.json` has it
/// (https://cocodataset.org/#format-data).
package struct COCOCaptions: Equatable, Sendable {
  package struct Image: Equatable, Sendable {
    package let id: COCOIdentifier
    package let fileName: String?
    /// As this program writes it into exports; COCO itself has a file for each split.
    package let split: String?
    /// What it was read without, in sentences.
    let faults: [String]
  }

  /// In the file's order.
  package let images: [Image]
  package let annotations: [COCOCaption]
  /// Where the file was not UTF-8.
  package let repairs: [DatasetProblem]

  /// Reads what captions are to be measured by: nothing may be missing.
  ///
  /// - Throws: `DatasetError`.
  package init(path: FilePath) throws { try self.init(DatasetFile(repairing: path)) }

  /// - Parameter name: what the file is called in errors.
  /// - Throws: `DatasetError.tooLong`, `.malformed` also where there are no images or annotations.
  package init(data: Data, name: String) throws {
    try self.init(DatasetFile(repairing: data, name: name))
  }

  private init(_ file: DatasetFile) throws {
    let contents = try COCOContents(file)
    images = try contents.images.map { try $0.image.get(from: file.name) }
    annotations = try contents.annotations.map { try $0.get(from: file.name) }
    repairs = file.repairs
    let kinds = Set(images.map(\.id.kind))
    for (index, annotation) in annotations.enumerated() {
      guard let mismatch = annotation.imageID.mismatch(with: kinds) else { continue }
      throw DatasetError.malformed(
        path: file.name, place: .value("annotations[\(index)].image_id"), reason: mismatch)
    }
  }

  /// The captions of each picture that has any that count, in the file's order.
  package var references: [COCOIdentifier: [String]] {
    annotations.reduce(into: [:]) {
      if $1.mark == nil { $0[$1.imageID, default: []].append($1.caption) }
    }
  }
}

extension COCOCaptions.Image: Decodable {
  private enum CodingKeys: String, CodingKey {
    case id, split
    case fileName = "file_name"
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    id = try values.decode(COCOIdentifier.self, forKey: .id)
    fileName = try values.decodeIfPresent(String.self, forKey: .fileName)
    var faults: [String] = []
    split = values.decodeIfUsable(String.self, forKey: .split, what: "text", faults: &faults)
    self.faults = faults
  }
}
