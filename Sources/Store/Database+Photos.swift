package import Files
internal import Foundation
internal import GRDB
internal import SystemPackage

extension Database {
  /// The number of the photo's picture, which is entered where it is new.
  func enterImage(_ photo: PhotoRecord, run: Int64?, now: String) throws -> Int64 {
    let image: Int64
    if let known = try identify(photo.identity) {
      image = known
      // As the file shows it that was read last.
      try cachedStatement(
        sql: """
          UPDATE images SET width = ?1, height = ?2
          WHERE id = ?3 AND (width <> ?1 OR height <> ?2)
          """
      ).execute(arguments: [photo.width, photo.height, image])
    } else {
      try cachedStatement(
        sql: """
          INSERT INTO images (content_hash, picture_hash, byte_count, format, width, height, added_at)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        photo.identity.content.data, photo.identity.picture.data, photo.byteCount, photo.format,
        photo.width, photo.height, now,
      ])
      image = lastInsertedRowID
    }
    try enter(photo.facts, of: image, run: run, now: now)
    return image
  }

  /// Enters what a file tells of its picture. What it does not tell stays as another told it.
  func enter(_ facts: PhotoFacts, of image: Int64, run: Int64?, now: String) throws {
    try cachedStatement(
      sql: """
        UPDATE images SET captured_at = coalesce(?, captured_at),
          camera_make = coalesce(?, camera_make), camera_model = coalesce(?, camera_model),
          latitude = coalesce(?, latitude), longitude = coalesce(?, longitude)
        WHERE id = ?
        """
    ).execute(arguments: [
      facts.capturedAt, facts.cameraMake, facts.cameraModel, facts.latitude, facts.longitude, image,
    ])
    try dropOutdatedWords(of: image, for: facts)
    // What this program wrote, and lost its mark, is no person's.
    let machine = try Set(
      String.fetchAll(
        cachedStatement(
          sql: "SELECT text FROM captions WHERE image_id = ? AND origin = 'machine'"),
        arguments: [image]))
    for human in facts.humanCaptions where !human.isInFile || !machine.contains(human.text) {
      try enter(human, of: image, run: run, at: now)
    }
  }

  /// Words that stood in a picture's only file, or beside it, and were changed there give way; where
  /// all were taken out of it, they stay here.
  private func dropOutdatedWords(of image: Int64, for facts: PhotoFacts) throws {
    let words = facts.humanCaptions.filter(\.isInFile).map(\.text)
    guard !words.isEmpty else { return }
    let texts = String(decoding: try JSONEncoder().encode(words), as: UTF8.self)
    try cachedStatement(
      sql: """
        DELETE FROM captions WHERE image_id = ?1 AND source IN ('embedded', 'sidecar')
          AND text NOT IN (SELECT value FROM json_each(?2))
          AND (SELECT count(*) FROM files WHERE files.image_id = ?1) = 1
        """
    ).execute(arguments: [image, texts])
  }

  /// Enters that the file at `path` holds the picture, and drops the picture's other paths where no
  /// file is any more: it was moved.
  ///
  /// - Parameter inAlbum: false for what only an evaluation looks at; it takes no photo out of the
  ///   album.
  func enterFile(
    _ path: FilePath, _ state: FileState?, image: Int64, inAlbum: Bool = true, now: String
  ) throws {
    try closeFailure(of: path, now: now)
    try reunite(image, at: path)
    guard let state else { return }
    var inAlbum = inAlbum
    let others = try Row.fetchAll(
      cachedStatement(sql: "SELECT path, in_album FROM files WHERE image_id = ? AND path <> ?"),
      arguments: [image, path.data])
    for row in others where try FileState(of: row.path("path")) == nil {
      // Moved within the album, whoever noticed.
      inAlbum = try inAlbum || row.value("in_album")
      try execute(sql: "DELETE FROM files WHERE path = ?", arguments: [row.value("path") as Data])
    }
    try enterLost(insteadOf: image, at: path)
    try cachedStatement(
      sql: """
        INSERT INTO files (path, image_id, byte_count, modified_nanoseconds, seen_at, in_album)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET image_id = excluded.image_id, byte_count = excluded.byte_count,
          modified_nanoseconds = excluded.modified_nanoseconds, seen_at = excluded.seen_at,
          in_album = max(in_album, excluded.in_album)
        """
    ).execute(arguments: [
      path.data, image, state.byteCount, state.modifiedNanoseconds, now, inAlbum,
    ])
  }

  /// Enters that the picture which was at a path has lost its last file, if people's words about it
  /// are kept: another picture is there now, or the same written anew.
  private func enterLost(insteadOf image: Int64, at path: FilePath) throws {
    try cachedStatement(
      sql: """
        INSERT INTO lost_images (image_id)
        SELECT gone.image_id FROM files AS gone WHERE gone.path = ?1 AND gone.image_id <> ?2
          AND NOT EXISTS (
            SELECT 1 FROM files AS other WHERE other.image_id = gone.image_id AND other.path <> ?1)
          AND EXISTS (
            SELECT 1 FROM captions
            WHERE captions.image_id = gone.image_id AND origin = 'human')
        ON CONFLICT DO NOTHING
        """
    ).execute(arguments: [path.data, image])
  }

  /// Enters that the failure to caption the photo at a path is over, if there is one.
  func closeFailure(of path: FilePath, now: String) throws {
    try cachedStatement(
      sql: "UPDATE failures SET closed_at = ? WHERE path = ? AND closed_at IS NULL"
    ).execute(arguments: [now, path.data])
  }
}
