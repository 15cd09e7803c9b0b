internal import Files
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
      try cachedStatement(sql: Self.newerFacts)
        .execute(arguments: ImageRow.arguments(of: photo.facts) + [image])
    } else {
      let row = ImageRow(
        content: photo.identity.content, picture: photo.identity.picture,
        byteCount: photo.byteCount, format: photo.format, width: photo.width, height: photo.height,
        facts: photo.facts, addedAt: now)
      try enter(row, onConflict: ImageRow.refused)
      image = lastInsertedRowID
    }
    try enterWords(photo.facts, of: image, run: run, now: now)
    return image
  }

  /// Enters what a file tells of its picture. What it does not tell stays as another told it.
  func enter(_ facts: PhotoFacts, of image: Int64, run: Int64?, now: String) throws {
    try cachedStatement(sql: Self.newerFacts)
      .execute(arguments: ImageRow.arguments(of: facts) + [image])
    try enterWords(facts, of: image, run: run, now: now)
  }

  private static let newerFacts = """
    UPDATE images SET \(ImageRow.facts(by: nil, else: "images")) WHERE id = ?6
    """

  private func enterWords(_ facts: PhotoFacts, of image: Int64, run: Int64?, now: String) throws {
    try dropOutdatedWords(of: image, for: facts)
    // What this program wrote, and lost its mark, is no person's.
    let machine = try Set(
      String.fetchAll(
        cachedStatement(
          sql: "SELECT text FROM captions WHERE image_id = ? AND origin = 'machine'"),
        arguments: [image]))
    for human in facts.humanCaptions where !human.isInFile || !machine.contains(human.text) {
      try enter(
        CaptionRow(human, of: image, run: run, at: now), onConflict: CaptionRow.kept)
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
    try closeFailure(of: path.data, now: now)
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
    let row = FileRow(path: path.data, image: image, state: state, seenAt: now, inAlbum: inAlbum)
    try enter(row, onConflict: FileRow.replacing)
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

  /// Enters a failure in the place of the one before.
  func enter(_ failure: FailureRow) throws {
    try closeFailure(of: failure.path, now: failure.failedAt)
    try enter(failure, onConflict: FailureRow.refused)
  }

  /// Enters that the failure to caption the photo at a path is over, if there is one.
  func closeFailure(of path: Data, now: String) throws {
    try cachedStatement(
      sql: "UPDATE failures SET closed_at = ? WHERE path = ? AND closed_at IS NULL"
    ).execute(arguments: [now, path])
  }
}
