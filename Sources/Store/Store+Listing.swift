package import Files
internal import Foundation
internal import GRDB
package import SystemPackage

/// All that the store knows of a picture.
package struct PhotoDetails: Equatable, Sendable, Encodable {
  /// A caption of it.
  package struct Caption: Equatable, Sendable, Encodable {
    package let text: String
    package let origin: CaptionOrigin
    package let createdAt: String
    /// Of a model's caption, as are the rest; null for a person's.
    package let model: String?
    package let confidence: Double?
    package let logProbability: Double?
    package let words: JSONValue?
    package let alternatives: JSONValue?
    package let decoding: JSONValue?
    /// Where a person's caption was found.
    package let source: String?
    /// What the text says; null where it was not labelled.
    package let sentiment: SentimentLabel?

    enum CodingKeys: String, CodingKey {
      case text, origin, model, confidence, words, alternatives, decoding, source, sentiment
      case createdAt = "created_at"
      case logProbability = "log_probability"
    }
  }

  /// All files that hold it, as they were last seen.
  package let paths: [FilePath]
  /// Of all bytes of the file that was entered first.
  package let contentHash: ContentHash
  /// Of those that make the picture; nil where they were not read since they count.
  package let pictureHash: ContentHash?
  package let byteCount: Int
  package let format: String
  package let width: Int
  package let height: Int
  package let capturedAt: String?
  package let cameraMake: String?
  package let cameraModel: String?
  package let latitude: Double?
  package let longitude: Double?
  /// People's first, then by model and time.
  package let captions: [Caption]

  enum CodingKeys: String, CodingKey {
    case files, format, width, height, latitude, longitude, captions
    case contentHash = "content_hash"
    case pictureHash = "picture_hash"
    case byteCount = "byte_count"
    case capturedAt = "captured_at"
    case cameraMake = "camera_make"
    case cameraModel = "camera_model"
  }

  package func encode(to encoder: any Encoder) throws {
    if let first = paths.first { try CodablePath(first).encode(to: encoder) }
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(paths.map(CodablePath.init), forKey: .files)
    try values.encode(contentHash, forKey: .contentHash)
    try values.encodeIfPresent(pictureHash, forKey: .pictureHash)
    try values.encode(byteCount, forKey: .byteCount)
    try values.encode(format, forKey: .format)
    try values.encode(width, forKey: .width)
    try values.encode(height, forKey: .height)
    try values.encodeIfPresent(capturedAt, forKey: .capturedAt)
    try values.encodeIfPresent(cameraMake, forKey: .cameraMake)
    try values.encodeIfPresent(cameraModel, forKey: .cameraModel)
    try values.encodeIfPresent(latitude, forKey: .latitude)
    try values.encodeIfPresent(longitude, forKey: .longitude)
    try values.encode(captions, forKey: .captions)
  }
}

extension Store {
  /// Photos with their latest captions, those that were entered last first; each picture once, at
  /// the path where it was last seen.
  ///
  /// - Parameters:
  ///   - folder: photos in it and in the folders in it only.
  ///   - model: captions by models of that name only.
  ///   - limit: how many at most; nil for all.
  ///   - datasets: also those that only evaluations have entered.
  /// - Throws: `StoreError`.
  package func photos(
    in folder: FilePath?, model: String?, limit: Int?, datasets: Bool = false
  ) throws -> [PhotoSummary] {
    var filters = [Album.counts(madeBy: "c.run_id", datasets: datasets)]
    if !datasets { filters.append("f.in_album = 1") }
    var arguments = StatementArguments()
    if let folder {
      let range = PathRange(folder)
      filters.append("f.path >= ? AND f.path < ?")
      arguments += [range.lower, range.upper]
    }
    if let model {
      filters.append("m.name = ? COLLATE NOCASE")
      arguments += [model]
    }
    let filter = "WHERE " + filters.joined(separator: " AND ")
    return try read { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT \(PhotoSummary.columns) FROM captions AS c
          JOIN files AS f ON f.image_id = c.image_id
          JOIN images AS i ON i.id = c.image_id
          LEFT JOIN models AS m ON m.id = c.model_id
          \(filter) ORDER BY c.id DESC, f.seen_at DESC, f.path
          """, arguments: arguments)
      var seen: Set<Int64> = []
      var photos: [PhotoSummary] = []
      while photos.count < limit ?? .max, let row = try rows.next() {
        if try seen.insert(row.value("image_id")).inserted {
          photos.append(try PhotoSummary(row: row))
        }
      }
      return photos
    }
  }

  /// The picture that was last seen at a path; nil where none was, or where there is another file
  /// now. A file that has gone counts as it was.
  ///
  /// - Throws: `StoreError`.
  package func picture(at path: FilePath) throws -> PictureID? {
    try read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT image_id, byte_count, modified_nanoseconds FROM files WHERE path = ?
          """, arguments: [path.absolute.data])
      guard let row else { return nil }
      if let now = FileState(of: path), try now != row.fileState() { return nil }
      return PictureID(number: try row.value("image_id"))
    }
  }

  /// The picture that was last seen at a path, if which bytes make it is not known: a file that
  /// has changed since may hold it still.
  ///
  /// - Throws: `StoreError`.
  package func unidentifiedPicture(at path: FilePath) throws -> PictureID? {
    try read { database in
      try Int64.fetchOne(
        database,
        sql: """
          SELECT image_id FROM files JOIN images ON images.id = image_id
          WHERE path = ? AND picture_hash IS NULL
          """, arguments: [path.absolute.data]
      ).map(PictureID.init(number:))
    }
  }

  /// The picture that a file holds; nil where it is not in the store, or forgotten.
  ///
  /// - Throws: `StoreError`.
  package func picture(of photo: PhotoIdentity) throws -> PictureID? {
    try read { database in
      guard let image = try database.imageID(of: photo), try !database.isForgotten(image)
      else { return nil }
      return PictureID(number: image)
    }
  }

  /// All that is known of a picture; nil where it is not in the store any more, or
  /// forgotten.
  ///
  /// - Throws: `StoreError`.
  package func details(of picture: PictureID) throws -> PhotoDetails? {
    try read { database in
      let id = picture.number
      guard try !database.isForgotten(id),
        let image = try Row.fetchOne(
          database, sql: "SELECT * FROM images WHERE id = ?", arguments: [id])
      else { return nil }
      let paths = try Data.fetchAll(
        database,
        sql: "SELECT path FROM files WHERE image_id = ? ORDER BY seen_at DESC, path",
        arguments: [id])
      let captions = try Row.fetchAll(
        database,
        sql: """
          SELECT text, origin, c.created_at, m.name AS model, confidence, log_probability, words,
            alternatives, options, source, s.label, s.probability, s.probabilities
          FROM captions AS c LEFT JOIN models AS m ON m.id = c.model_id
          LEFT JOIN decodings AS d ON d.id = decoding_id
          LEFT JOIN caption_sentiments AS l ON l.caption_id = c.id
          LEFT JOIN sentiments AS s ON s.text_id = l.text_id AND s.model_id = l.model_id
          WHERE image_id = ? ORDER BY origin, m.name, c.created_at, c.id
          """, arguments: [id])
      return try PhotoDetails(
        paths: paths.map(FilePath.init(data:)), contentHash: image.hash("content_hash"),
        pictureHash: image.hashIfAny("picture_hash"), byteCount: image.value("byte_count"),
        format: image.value("format"), width: image.value("width"), height: image.value("height"),
        capturedAt: image.value("captured_at"), cameraMake: image.value("camera_make"),
        cameraModel: image.value("camera_model"), latitude: image.value("latitude"),
        longitude: image.value("longitude"), captions: captions.map(PhotoDetails.Caption.init))
    }
  }

  /// Failures, the latest first.
  ///
  /// - Parameters:
  ///   - closed: also those that are over: captioned since, failed anew, or forgotten.
  ///   - datasets: also those of evaluations.
  /// - Throws: `StoreError`.
  package func failures(closed: Bool, datasets: Bool = false) throws -> [FailedPhoto] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT path, kind, reason, failed_at FROM failures
          WHERE \(closed ? "TRUE" : "closed_at IS NULL")
            AND \(Album.counts(madeBy: "run_id", datasets: datasets))
          ORDER BY id DESC
          """
      ).map(FailedPhoto.init(row:))
    }
  }
}

extension PhotoDetails.Caption {
  fileprivate init(row: Row) throws {
    func value(_ column: String) throws -> JSONValue? {
      let text: String? = try row.value(column)
      return try text.map { try StoredJSON.value(of: $0, column: column) }
    }
    text = try row.value("text")
    origin = try row.choice("origin")
    createdAt = try row.value("created_at")
    model = try row.value("model")
    confidence = try row.value("confidence")
    logProbability = try row.value("log_probability")
    words = try value("words")
    alternatives = try value("alternatives")
    decoding = try value("options")
    source = try row.value("source")
    let label: String? = try row.value("label")
    sentiment = try label.map { _ in try SentimentLabel(row: row) }
  }
}

extension Database {
  fileprivate func isForgotten(_ image: Int64) throws -> Bool {
    try exists(
      """
      SELECT 1 FROM forgotten_files WHERE image_id = ?1
        AND NOT EXISTS (SELECT 1 FROM files WHERE image_id = ?1)
      """, [image])
  }
}

extension FailedPhoto {
  /// - Parameter row: of a path, a kind, a reason and a time of failure.
  /// - Throws: `UnreadableValue`.
  init(row: Row) throws {
    self.init(
      path: try row.path("path"), kind: try row.choice("kind"), reason: try row.value("reason"),
      failedAt: try row.value("failed_at"))
  }
}

/// The bytes between which all paths in a folder are.
struct PathRange {
  let lower: Data
  /// Beyond all of them.
  let upper: Data

  init(_ folder: FilePath) {
    var prefix = folder.absolute.data
    if prefix.last != UInt8(ascii: "/") { prefix.append(UInt8(ascii: "/")) }
    lower = prefix
    // What follows the slash in the order of bytes.
    upper = prefix.dropLast() + [UInt8(ascii: "/") + 1]
  }
}
