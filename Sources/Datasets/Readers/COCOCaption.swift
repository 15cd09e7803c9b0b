/// A caption of a picture in COCO's files: of a person in annotations, of a model in results.
package struct COCOCaption: Equatable, Sendable {
  package let imageID: Int64
  /// As it stands in the file, with spaces and line ends around it.
  package let caption: String
}

extension COCOCaption: Decodable {
  private enum CodingKeys: String, CodingKey {
    case caption
    case imageID = "image_id"
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    imageID = try values.decodeIdentifier(forKey: .imageID)
    caption = try values.decode(String.self, forKey: .caption)
  }
}
