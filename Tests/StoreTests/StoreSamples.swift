import Files
import Foundation
import GRDB
import Store
import SystemPackage
import Testing

/// A model that never was.
func sampleModel(_ name: String = "sample") -> ModelIdentity {
  ModelIdentity(
    name: name, contentHash: ContentHash(of: Array(name.utf8)),
    configuration: #"{"name":"\#(name)"}"#)
}

/// A photo whose content is the given text.
func samplePhoto(_ content: String) -> PhotoRecord {
  PhotoRecord(
    identity: PhotoIdentity(content: ContentHash(of: Array(content.utf8))),
    byteCount: max(1, content.utf8.count), format: "JPEG", width: 640, height: 480)
}

/// What is in a photo whose content is the given text.
func samplePicture(_ content: String, in store: Store) throws -> PictureID {
  try #require(try store.picture(of: samplePhoto(content).identity))
}

/// A caption of words that are all equally likely.
func sampleCaption(_ text: String, confidence: Double = 0.5) -> MachineCaption {
  let words = text.lowercased().split(separator: " ").map {
    MachineCaption.Word(word: String($0), logProbability: -0.5)
  }
  return MachineCaption(
    text: text, logProbability: -3.25, confidence: confidence, words: words,
    alternatives: [MachineCaption.Alternative(caption: "Another.", logProbability: -4)])
}

/// A classifier that never was.
func sampleSentimentModel(_ name: String = "tones") -> SentimentModel {
  SentimentModel(
    name: name, contentHash: ContentHash(of: Array(name.utf8)), labels: ["negative", "positive"])
}

/// What that says of a text: it is negative if it is sad.
func sentiment(_ text: String) -> SentimentLabel {
  text.contains("sad")
    ? SentimentLabel(
      label: "negative", probability: 0.75, probabilities: ["negative": 0.75, "positive": 0.25])
    : SentimentLabel(
      label: "positive", probability: 0.5, probabilities: ["negative": 0.5, "positive": 0.5])
}

extension Store {
  /// Keeps a note about a photo that has been entered; nothing becomes of its files.
  func note(_ text: String, about photo: PhotoRecord) throws {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO captions (image_id, origin, text, created_at, source)
          SELECT id, 'human', ?, ?, 'note' FROM images WHERE content_hash = ?
          ON CONFLICT DO NOTHING
          """,
        arguments: [text, Timestamp.now.text, Data(photo.identity.content.bytes)])
    }
  }

  /// Forgets photos, and lets the time pass in which they could be brought back.
  func forgetForGood(_ photos: [FilePath], missing: Bool = false) throws {
    _ = try forget(photos, missing: missing)
    try write { try $0.execute(sql: "UPDATE forgettings SET forgotten_at = '2001-01-01'") }
    _ = try forget([])
  }

  /// Enters captions of photos whose content is their path.
  @discardableResult
  func enter(_ captions: [(path: String, text: String)], work: Work) throws -> [Recorded] {
    let run = try beginRun(.batch, request: "{}", work: work)
    let outcomes = captions.map { path, text in
      (
        path: FilePath(path),
        state: FileState(byteCount: 10, modifiedNanoseconds: 20) as FileState?,
        outcome: Outcome.captioned(samplePhoto(path), sampleCaption(text), embedding: [1, 2, 2])
      )
    }
    let ids = try record(outcomes, run: run, work: work)
    try endRun(run, .finished)
    return ids
  }
}
