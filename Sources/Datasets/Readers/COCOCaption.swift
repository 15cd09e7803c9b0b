/// A caption of a picture in COCO's files: of a person in annotations, of a model in results.
package struct COCOCaption: Equatable, Sendable {
  /// Why the makers of a dataset do not let a caption count: VizWiz's own evaluation leaves these out
  /// (https://github.com/Yinan-Zhao/vizwiz-caption).
  package enum Mark: Sendable {
    /// “Quality issues are too severe to recognize visual content.”, chosen from a list.
    case precanned
    /// Spam.
    case rejected
  }

  package let imageID: COCOIdentifier
  /// As it stands in the file, with spaces and line ends around it.
  package let caption: String
  /// Nil for all captions that count.
  package let mark: Mark?
}

extension COCOCaption: Decodable {
  private enum CodingKeys: String, CodingKey {
    case caption
    case imageID = "image_id"
    case isPrecanned = "is_precanned"
    case isRejected = "is_rejected"
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    guard try values.contains(.imageID) && !values.decodeNil(forKey: .imageID) else {
      throw DecodingError.keyNotFound(
        CodingKeys.imageID,
        DecodingError.Context(codingPath: values.codingPath, debugDescription: ""))
    }
    imageID = try values.decode(COCOIdentifier.self, forKey: .imageID)
    caption = try values.decode(String.self, forKey: .caption)
    func isSet(_ key: CodingKeys) -> Bool {
      (try? values.decode(Bool.self, forKey: key))
        ?? ((try? values.decode(Int.self, forKey: key)).map { $0 != 0 } ?? false)
    }
    mark = isSet(.isRejected) ? .rejected : isSet(.isPrecanned) ? .precanned : nil
  }
}
