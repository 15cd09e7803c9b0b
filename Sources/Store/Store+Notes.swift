package import Files
internal import Foundation
internal import GRDB
package import SystemPackage

extension Store {
  /// Keeps what a person wrote about a photo; its picture and its file are entered where they are
  /// new.
  ///
  /// - Returns: the note's number among the captions.
  /// - Throws: `StoreError`.
  @discardableResult
  package func note(_ text: String, about photo: PhotoRecord, at path: FilePath, _ state: FileState)
    throws -> Int64?
  {
    var photo = photo
    photo.facts.humanCaptions.append(HumanCaption(text: text, source: .note))
    return try write { database in
      let now = Timestamp.now.text
      let image = try database.enterImage(photo, run: nil, now: now)
      try database.enterFile(path.absolute, state, image: image, now: now)
      return try Int64.fetchOne(
        database,
        sql: "SELECT id FROM captions WHERE image_id = ? AND origin = 'human' AND text = ?",
        arguments: [image, text])
    }
  }

  /// The latest note on the picture that a caption is of.
  ///
  /// - Returns: its number among the captions, and what it says.
  /// - Throws: `StoreError`.
  package func note(besides caption: Int64) throws -> (id: Int64, text: String)? {
    try read { database in
      try Row.fetchOne(
        database.cachedStatement(
          sql: """
            SELECT note.id AS id, note.text AS text
            FROM captions AS c JOIN captions AS note ON note.image_id = c.image_id
            WHERE c.id = ? AND note.source = 'note' ORDER BY note.id DESC LIMIT 1
            """), arguments: [caption]
      ).map { (id: try $0.value("id"), text: try $0.value("text")) }
    }
  }

  /// Keeps what people wrote, where it was found after the picture got that caption.
  ///
  /// - Throws: `StoreError`.
  package func add(_ captions: [HumanCaption], besides caption: Int64) throws {
    guard !captions.isEmpty else { return }
    try write { database in
      let image = try Int64.fetchOne(
        database, sql: "SELECT image_id FROM captions WHERE id = ?", arguments: [caption])
      guard let image else { return }
      for human in captions {
        try database.enter(
          CaptionRow(human, of: image, run: nil, at: Timestamp.now.text),
          onConflict: CaptionRow.kept)
      }
    }
  }

  /// Takes back what a person wrote about a picture with `note`.
  ///
  /// - Returns: whether it was there.
  /// - Throws: `StoreError`.
  package func removeNote(_ text: String, from picture: PictureID) throws -> Bool {
    try write { database in
      try database.execute(
        sql: "DELETE FROM captions WHERE image_id = ? AND source = 'note' AND text = ?",
        arguments: [picture.number, text])
      return database.changesCount > 0
    }
  }
}
