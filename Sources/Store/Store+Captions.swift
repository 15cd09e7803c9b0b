package import Files
internal import Foundation
internal import GRDB
package import SystemPackage

/// What the store knows of a file before it is read.
package enum KnownFile: Equatable, Sendable {
  /// It has not changed since it was captioned by the work in question.
  case captioned(StoredCaption)
  /// It has not changed since its picture was entered, but that has no caption by the work.
  case seen
  /// It has not changed since it was captioned by the work, but must be entered once more: which
  /// bytes make its picture is not known yet, or only an evaluation captioned it.
  case unsettled
  /// It has not changed since it failed.
  case failed(FailureKind, reason: String)
  case unknown
}

extension Store {
  /// What is known of the file at `path`, taking its state for its content.
  ///
  /// - Parameter inAlbum: whether a file that only evaluations have entered counts as unknown.
  /// - Throws: `StoreError`.
  package func known(
    _ path: FilePath, _ state: FileState, _ work: Work, inAlbum: Bool = false
  ) throws -> KnownFile {
    try read { database in
      let place: StatementArguments = [
        path.absolute.data, state.byteCount, state.modifiedNanoseconds,
      ]
      let failure = try Row.fetchOne(
        database.cachedStatement(
          sql: """
            SELECT kind, reason FROM failures
            WHERE path = ? AND byte_count = ? AND modified_nanoseconds = ? AND closed_at IS NULL
            """), arguments: place)
      if let failure {
        return .failed(try failure.choice("kind"), reason: try failure.value("reason"))
      }
      let file = try Row.fetchOne(
        database.cachedStatement(
          sql: """
            SELECT image_id, picture_hash IS NULL AS is_unidentified
            FROM files JOIN images ON images.id = image_id
            WHERE path = ? AND files.byte_count = ? AND modified_nanoseconds = ? AND in_album >= ?
            """), arguments: place + [inAlbum])
      guard let file else { return .unknown }
      guard let caption = try database.caption(of: file.value("image_id"), work) else {
        return .seen
      }
      let isOfEvaluation = try inAlbum && database.isOfEvaluation(caption.id)
      return try file.value("is_unidentified") || isOfEvaluation ? .unsettled : .captioned(caption)
    }
  }

  /// The caption by that work of a picture as a file shows it.
  ///
  /// - Throws: `StoreError`.
  package func caption(of photo: PhotoIdentity, _ work: Work) throws -> StoredCaption? {
    try read { database in
      guard let image = try database.imageID(of: photo) else { return nil }
      return try database.caption(of: image, work, orientation: photo.orientation)
    }
  }

  /// The photo that a caption is of, as it was entered, but for what people wrote in it.
  ///
  /// - Throws: `StoreError`.
  package func photo(of caption: StoredCaption) throws -> PhotoRecord? {
    try read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT content_hash, picture_hash, orientation, byte_count, format, width, height,
            captured_at, camera_make, camera_model, latitude, longitude
          FROM captions JOIN images ON images.id = image_id WHERE captions.id = ?
          """, arguments: [caption.id])
      return try row.map(PhotoRecord.init(row:))
    }
  }
}

extension PhotoRecord {
  /// - Parameter row: of the columns of `images` and of the caption's orientation.
  /// - Throws: `UnreadableValue`.
  fileprivate init(row: Row) throws {
    let orientation: Int? = try row.value("orientation")
    self.init(
      identity: PhotoIdentity(
        content: try row.hash("content_hash"), picture: try row.hashIfAny("picture_hash"),
        orientation: orientation ?? 1),
      byteCount: try row.value("byte_count"), format: try row.value("format"),
      width: try row.value("width"), height: try row.value("height"))
    facts.capturedAt = try row.value("captured_at")
    facts.cameraMake = try row.value("camera_make")
    facts.cameraModel = try row.value("camera_model")
    facts.latitude = try row.value("latitude")
    facts.longitude = try row.value("longitude")
  }
}

extension Database {
  fileprivate func isOfEvaluation(_ caption: Int64) throws -> Bool {
    try exists(
      """
      SELECT 1 FROM captions JOIN runs ON runs.id = run_id
      WHERE captions.id = ? AND kind = 'evaluation'
      """, [caption])
  }

  /// - Parameter orientation: only a caption of a file that turns its picture so, as far as that is
  ///   known; nil for any.
  func caption(of image: Int64, _ work: Work, orientation: Int? = nil) throws -> StoredCaption? {
    let row = try Row.fetchOne(
      cachedStatement(
        sql: """
          SELECT id, text, log_probability, confidence, words, alternatives, created_at
          FROM captions
          WHERE image_id = ?1 AND model_id = ?2 AND decoding_id = ?3 AND origin = 'machine'
            AND (?4 IS NULL OR orientation IS NULL OR orientation = ?4)
          """), arguments: [image, work.modelID, work.decodingID, orientation])
    return try row.map(StoredCaption.init(row:))
  }
}

extension StoredCaption {
  /// - Parameter row: of the columns of `captions` that a machine's caption has.
  /// - Throws: `UnreadableValue`.
  init(row: Row) throws {
    id = try row.value("id")
    createdAt = try row.value("created_at")
    caption = MachineCaption(
      text: try row.value("text"), logProbability: try row.value("log_probability"),
      confidence: try row.value("confidence"), words: try row.json("words"),
      alternatives: try row.json("alternatives"))
  }
}

/// `value` as it is stored: JSON with sorted keys.
package func json(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
