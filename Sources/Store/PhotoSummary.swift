internal import Foundation
internal import GRDB
package import SystemPackage

/// Who described a picture.
package enum CaptionOrigin: String, Codable, Sendable {
  case human, machine
}

/// A photo that was found, with one of its captions.
package struct PhotoSummary: Hashable, Sendable, Encodable {
  /// The picture's number in the store.
  package let imageID: Int64
  /// Where the picture was last seen.
  package let path: FilePath
  package let caption: String
  /// Of a machine's caption, as `MachineCaption.confidence`.
  package let confidence: Double?
  /// The name of the model; nil where a person wrote the caption.
  package let model: String?
  /// The camera's own time, as `PhotoRecord.capturedAt`.
  package let capturedAt: String?
  /// When the caption was entered: UTC.
  package let createdAt: String
  package let origin: CaptionOrigin
  /// The label that the caption's text has; nil where it was not labelled.
  package let sentiment: String?
  /// Of the label.
  package let sentimentProbability: Double?

  enum CodingKeys: String, CodingKey {
    case caption, confidence, model, origin, sentiment
    case imageID = "image_id"
    case capturedAt = "captured_at"
    case createdAt = "created_at"
    case sentimentProbability = "sentiment_probability"
  }

  package func encode(to encoder: any Encoder) throws {
    try CodablePath(path).encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(imageID, forKey: .imageID)
    try values.encode(caption, forKey: .caption)
    try values.encodeIfPresent(confidence, forKey: .confidence)
    try values.encodeIfPresent(model, forKey: .model)
    try values.encodeIfPresent(capturedAt, forKey: .capturedAt)
    try values.encode(createdAt, forKey: .createdAt)
    try values.encode(origin, forKey: .origin)
    try values.encodeIfPresent(sentiment, forKey: .sentiment)
    try values.encodeIfPresent(sentimentProbability, forKey: .sentimentProbability)
  }
}

extension PhotoSummary {
  /// What a row must have, of images `i`, files `f`, captions `c` and perhaps models `m`.
  static let columns = """
    i.id AS image_id, f.path AS path, c.text AS text, c.confidence AS confidence,
    m.name AS model, i.captured_at AS captured_at, c.created_at AS created_at, c.origin AS origin,
    (SELECT label FROM caption_sentiments WHERE caption_id = c.id) AS sentiment,
    (SELECT probability FROM caption_sentiments JOIN sentiments USING (text_id, model_id)
      WHERE caption_id = c.id) AS sentiment_probability
    """

  /// - Parameter row: of `columns`.
  /// - Throws: `UnreadableValue`.
  init(row: Row) throws {
    imageID = try row.value("image_id")
    path = try row.path("path")
    caption = try row.value("text")
    confidence = try row.value("confidence")
    model = try row.value("model")
    capturedAt = try row.value("captured_at")
    createdAt = try row.value("created_at")
    origin = try row.choice("origin")
    sentiment = try row.value("sentiment")
    sentimentProbability = try row.value("sentiment_probability")
  }
}

/// A path among the keys of a JSON object: as text under `path` and, where that is not all of it
/// because its bytes are not valid UTF-8, as they are under `path_base64`.
package struct CodablePath: Hashable, Sendable, Codable {
  package let path: FilePath

  enum CodingKeys: String, CodingKey {
    case path
    case base64 = "path_base64"
  }

  package init(_ path: FilePath) {
    self.path = path
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    if let bytes = try values.decodeIfPresent(Data.self, forKey: .base64) {
      path = FilePath(data: bytes)
    } else {
      path = FilePath(try values.decode(String.self, forKey: .path))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(path.string, forKey: .path)
    if String(validating: path) == nil {
      try values.encode(path.data.base64EncodedString(), forKey: .base64)
    }
  }
}
