internal import Foundation
internal import GRDB
public import SystemPackage

extension Store {
  /// Keeps what a person wrote about a photo; its picture and its file are entered where they are
  /// new.
  ///
  /// - Throws: `StoreError`.
  public func note(_ text: String, about photo: PhotoRecord, at path: FilePath, _ state: FileState)
    throws
  {
    var photo = photo
    photo.facts.humanCaptions.append(HumanCaption(text: text, source: .note))
    try write { database in
      let now = Timestamp.now.text
      let image = try database.enterImage(photo, run: nil, now: now)
      try database.enterFile(path.absolute, state, image: image, now: now)
    }
  }

  /// Takes back what a person wrote about a picture with `note`.
  ///
  /// - Returns: whether it was there.
  /// - Throws: `StoreError`.
  public func removeNote(_ text: String, from picture: PictureID) throws -> Bool {
    try write { database in
      try database.execute(
        sql: "DELETE FROM captions WHERE image_id = ? AND source = 'note' AND text = ?",
        arguments: [picture.number, text])
      return database.changesCount > 0
    }
  }
}
