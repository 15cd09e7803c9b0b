internal import Files
internal import Foundation
internal import GRDB
internal import SystemPackage
internal import Tensors

extension Database {
  /// The number of the picture in a file with these bytes.
  func imageID(of content: ContentHash) throws -> Int64? {
    try Int64.fetchOne(
      cachedStatement(
        sql: """
          SELECT id FROM images WHERE content_hash = ?1
          UNION ALL SELECT image_id FROM image_versions WHERE content_hash = ?1
          """), arguments: [content.data])
  }

  /// The number of a picture.
  func imageID(ofPicture picture: ContentHash) throws -> Int64? {
    try Int64.fetchOne(
      cachedStatement(sql: "SELECT id FROM images WHERE picture_hash = ?"),
      arguments: [picture.data])
  }

  /// The number of the picture that a file holds.
  func imageID(of identity: PhotoIdentity) throws -> Int64? {
    try imageID(of: identity.content) ?? imageID(ofPicture: identity.picture)
  }

  /// The number of the picture that a file holds, having entered what the file tells of which one it
  /// is: a picture that was known by its bytes only is known by what makes it from now on, and two
  /// that turn out to be the same become one.
  func identify(_ identity: PhotoIdentity) throws -> Int64? {
    guard let image = try imageID(of: identity.content) else {
      let image = try imageID(ofPicture: identity.picture)
      if let image { try enterVersion(identity.content, of: image) }
      return image
    }
    guard try isUnidentified(image) else { return image }
    guard let byPicture = try imageID(ofPicture: identity.picture) else {
      try cachedStatement(sql: "UPDATE images SET picture_hash = ? WHERE id = ?")
        .execute(arguments: [identity.picture.data, image])
      return image
    }
    try merge(image, into: byPicture)
    return byPicture
  }

  /// Enters that a file with these bytes holds a picture that is known by others.
  func enterVersion(_ content: ContentHash, of image: Int64) throws {
    try enter(ImageVersionRow(content: content, image: image), onConflict: ImageVersionRow.kept)
  }

  /// Whether a picture of a store of earlier times is known by the bytes of its files only.
  private func isUnidentified(_ image: Int64) throws -> Bool {
    try exists("SELECT 1 FROM images WHERE id = ? AND picture_hash IS NULL", [image])
  }

  /// Brings back to a picture what the store knew of it before another program wrote into its file,
  /// where that made another picture of it: in stores of earlier times, and where its stream was
  /// written anew without changing what is seen.
  ///
  /// Candidates are what was at the path before, what was taken at the same time, and pictures that
  /// had lost their files.
  func reunite(_ image: Int64, at path: FilePath) throws {
    let there = try Row.fetchOne(
      cachedStatement(
        sql: """
          SELECT i.id, picture_hash IS NULL AS is_unidentified FROM files
          JOIN images AS i ON i.id = image_id WHERE path = ? AND i.id <> ?
          """), arguments: [path.data, image])
    if let there,
      try isAtItsOldPlace(
        there.value("id"), there.value("is_unidentified"), image, path)
    {
      try merge(there.value("id"), into: image)
    }
    // Not in another order: there are few lost ones or none, but many pictures.
    let lost = try Int64.fetchAll(
      cachedStatement(
        sql: """
          SELECT i.id FROM lost_images CROSS JOIN images AS i ON i.id = image_id
          CROSS JOIN images AS n ON n.id = ?1
          WHERE i.id <> n.id AND i.picture_hash IS NULL AND \(Self.hasSameForm)
          UNION SELECT i.id FROM images AS n CROSS JOIN images AS i ON i.captured_at = n.captured_at
          WHERE n.id = ?1 AND i.id <> n.id AND i.picture_hash IS NULL AND \(Self.hasSameForm)
          """), arguments: [image])
    for other in lost where try !hasFile(other) {
      if try looksTheSame(other, image) == true { try merge(other, into: image) }
    }
  }

  /// Whether what a store knows of a path is of the picture that has been found there.
  private func isAtItsOldPlace(
    _ other: Int64, _ isUnidentified: Bool, _ image: Int64, _ path: FilePath
  ) throws -> Bool {
    let looks = try looksTheSame(other, image)
    guard isUnidentified else { return try looks == true && !hasFile(other, besides: path) }
    if looks == true { return true }
    // Turned, it looks otherwise; then the camera's time must tell.
    return try wasTakenWith(other, image, undated: looks == nil)
  }

  /// Whether a picture is in a file that is there.
  private func hasFile(_ image: Int64, besides path: FilePath? = nil) throws -> Bool {
    try Data.fetchAll(
      cachedStatement(sql: "SELECT path FROM files WHERE image_id = ? AND path IS NOT ?"),
      arguments: [image, path?.data]
    ).contains { FileState(of: FilePath(data: $0)) != nil }
  }

  /// Of pictures `i` and `n`, one of which may be turned.
  private static let hasSameForm = """
    i.format = n.format AND min(i.width, i.height) = min(n.width, n.height)
      AND max(i.width, i.height) = max(n.width, n.height)
    """

  /// Whether two pictures have the same embedding, but for rounding; nil where no model has seen
  /// both.
  private func looksTheSame(_ first: Int64, _ second: Int64) throws -> Bool? {
    let pairs = try Row.fetchAll(
      cachedStatement(
        sql: """
          SELECT a.vector AS a, b.vector AS b FROM embeddings AS a
          JOIN embeddings AS b ON b.model_id = a.model_id
          WHERE a.image_id = ? AND b.image_id = ? AND length(a.vector) = length(b.vector)
          """), arguments: [first, second])
    guard !pairs.isEmpty else { return nil }
    return try pairs.contains { pair in
      let (a, b): (Data, Data) = try (pair.value("a"), pair.value("b"))
      let first = a.withUnsafeBytes { HalfVector.values($0) }
      let second = b.withUnsafeBytes { HalfVector.values($0) }
      func dot(_ x: [Float], _ y: [Float]) -> Double {
        zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
      // Half precision costs 1e-6; two pictures of a series differ by more than 1e-3.
      return dot(first, second) > 0.9999 * (dot(first, first) * dot(second, second)).squareRoot()
    }
  }

  /// - Parameter undated: whether two without a time count as taken at the same.
  private func wasTakenWith(_ first: Int64, _ second: Int64, undated: Bool) throws -> Bool {
    try Bool.fetchOne(
      cachedStatement(
        sql: """
          SELECT i.captured_at IS n.captured_at AND (i.captured_at IS NOT NULL OR ?)
            AND i.camera_make IS n.camera_make AND i.camera_model IS n.camera_model
            AND \(Self.hasSameForm)
          FROM images AS i, images AS n WHERE i.id = ? AND n.id = ?
          """), arguments: [undated, first, second]) ?? false
  }

  /// Makes one picture of two. All words stay; of two captions by the same work that of `image`.
  func merge(_ other: Int64, into image: Int64) throws {
    for sql in Self.merging {
      try cachedStatement(sql: sql).execute(arguments: ["other": other, "image": image])
    }
    try cachedStatement(sql: "DELETE FROM images WHERE id = ?").execute(arguments: [other])
  }

  private static let merging = [
    """
    UPDATE photo_writes SET caption_id = kept.id
      FROM captions AS gone JOIN captions AS kept
        ON kept.model_id = gone.model_id AND kept.decoding_id = gone.decoding_id
      WHERE gone.id = caption_id AND gone.image_id = :other AND kept.image_id = :image
    """,
    "UPDATE OR IGNORE captions SET image_id = :image WHERE image_id = :other",
    "UPDATE OR IGNORE embeddings SET image_id = :image WHERE image_id = :other",
    "UPDATE files SET image_id = :image WHERE image_id = :other",
    "UPDATE image_versions SET image_id = :image WHERE image_id = :other",
    "UPDATE forgotten_files SET image_id = :image WHERE image_id = :other",
    "UPDATE dataset_items SET image_id = :image WHERE image_id = :other",
    ImageVersionRow.kept.entering(from: "images WHERE id = :other", ["image_id": ":image"]),
    """
    UPDATE images AS kept SET \(ImageRow.facts(by: "kept", else: "gone")),
        added_at = min(kept.added_at, gone.added_at)
      FROM images AS gone WHERE kept.id = :image AND gone.id = :other
    """,
  ]
}
