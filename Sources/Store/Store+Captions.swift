internal import Foundation
internal import GRDB
public import SystemPackage

/// What the store knows of a file before it is read.
public enum KnownFile: Equatable, Sendable {
  /// It has not changed since it was captioned by the work in question.
  case captioned(StoredCaption)
  /// It has not changed since its picture was entered, but that has no caption by the work.
  case seen(ContentHash)
  /// It has not changed since it failed.
  case failed(FailureKind, reason: String)
  case unknown
}

extension Store {
  /// What is known of the file at `path`, taking its state for its content.
  ///
  /// - Parameter inAlbum: whether a file that only evaluations have entered counts as unknown.
  /// - Throws: `StoreError`.
  public func known(
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
      if let failure, let kind = FailureKind(rawValue: failure["kind"]) {
        return .failed(kind, reason: failure["reason"])
      }
      let file = try Row.fetchOne(
        database.cachedStatement(
          sql: """
            SELECT image_id, content_hash FROM files JOIN images ON images.id = image_id
            WHERE path = ? AND files.byte_count = ? AND modified_nanoseconds = ? AND in_album >= ?
            """), arguments: place + [inAlbum])
      guard let file, let hash = ContentHash(data: file["content_hash"]) else { return .unknown }
      return try database.caption(of: file["image_id"], work).map(KnownFile.captioned)
        ?? .seen(hash)
    }
  }

  /// The caption of the picture with that content by that work.
  ///
  /// - Throws: `StoreError`.
  public func caption(of content: ContentHash, _ work: Work) throws -> StoredCaption? {
    try read { database in
      guard let image = try database.imageID(of: content) else { return nil }
      return try database.caption(of: image, work)
    }
  }

  /// Keeps what a person wrote about the picture with that content.
  ///
  /// - Throws: `StoreError`, `.inconsistent` where there is no such picture.
  public func add(_ caption: HumanCaption, to content: ContentHash) throws {
    try write { database in
      guard let image = try database.imageID(of: content) else {
        throw StoreError.inconsistent(path: path, reason: "there is no picture \(content)")
      }
      try database.enter(caption, of: image, run: nil, at: Timestamp.now.text)
    }
  }
}

extension Database {
  /// The number of the picture with that content.
  func imageID(of content: ContentHash) throws -> Int64? {
    try Int64.fetchOne(
      cachedStatement(
        sql: """
          SELECT id FROM images WHERE content_hash = ?1
          UNION ALL SELECT image_id FROM image_versions WHERE content_hash = ?1
          """), arguments: [content.data])
  }

  func caption(of image: Int64, _ work: Work) throws -> StoredCaption? {
    let row = try Row.fetchOne(
      cachedStatement(
        sql: """
          SELECT id, text, log_probability, confidence, words, alternatives, created_at
          FROM captions
          WHERE image_id = ? AND model_id = ? AND decoding_id = ? AND origin = 'machine'
          """), arguments: [image, work.modelID, work.decodingID])
    return try row.map(StoredCaption.init(row:))
  }

  /// Enters what a person wrote, unless the same words are there.
  func enter(_ caption: HumanCaption, of image: Int64, run: Int64?, at time: String) throws {
    try cachedStatement(
      sql: """
        INSERT INTO captions (image_id, origin, text, created_at, run_id, source)
        VALUES (?, 'human', ?, ?, ?, ?)
        ON CONFLICT (image_id, text) WHERE origin = 'human' DO NOTHING
        """
    ).execute(arguments: [image, caption.text, time, run, caption.source.rawValue])
  }
}

extension StoredCaption {
  /// - Parameter row: of the columns of `captions` that a machine's caption has.
  /// - Throws: `DecodingError` where the JSON in it is not of that form.
  init(row: Row) throws {
    id = row["id"]
    createdAt = row["created_at"]
    let decoder = JSONDecoder()
    caption = MachineCaption(
      text: row["text"], logProbability: row["log_probability"], confidence: row["confidence"],
      words: try decoder.decode([MachineCaption.Word].self, from: row["words"]),
      alternatives: try decoder.decode(
        [MachineCaption.Alternative].self, from: row["alternatives"]))
  }
}

/// `value` as it is stored: JSON with sorted keys.
package func json(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
