package import Files
internal import Foundation
internal import GRDB
package import SystemPackage

/// What a run is for.
package enum RunKind: String, Codable, Sendable {
  /// Photos given one by one.
  case single
  case batch
  case imported = "import"
  case evaluation
}

/// How a run ended.
package enum RunEnd: String, Sendable {
  case interrupted, finished
}

/// How many photos a run has dealt with.
package struct RunCounts: Equatable, Sendable {
  package var captioned = 0
  /// Captioned before, or failed before and not tried again.
  package var skipped = 0
  package var failed = 0

  package init() {}
}

/// What was recorded of a photo.
package enum Recorded: Equatable, Sendable {
  /// Its caption; not new where the same picture had got one in the meantime.
  case captioned(StoredCaption, isNew: Bool)
  case nothingNew
}

extension Store {
  /// Enters work that is about to begin.
  ///
  /// - Parameter request: what was asked for, as JSON.
  /// - Returns: the run's number.
  /// - Throws: `StoreError`.
  package func beginRun(_ kind: RunKind, request: String, work: Work?) throws -> Int64 {
    try write { database in
      try database.purgeForgotten()
      try database.enter(
        RunRow(kind: kind, request: request, work: work, startedAt: Timestamp.now.text),
        onConflict: RunRow.refused)
      let run = database.lastInsertedRowID
      // A folder that was not there when it was asked for before is no failure any more.
      try database.execute(
        sql: """
          UPDATE failures SET closed_at = ? WHERE closed_at IS NULL AND path IN (
            SELECT CAST(value AS BLOB) FROM json_each(?, '$.folders'))
          """, arguments: [Timestamp.now.text, request])
      return run
    }
  }

  /// - Throws: `StoreError`.
  package func endRun(_ run: Int64, _ end: RunEnd) throws {
    try write { database in
      try database.execute(
        sql: "UPDATE runs SET state = ?, finished_at = ? WHERE id = ?",
        arguments: [end.rawValue, Timestamp.now.text, run])
    }
  }

  /// Enters what became of photos: all of them in one transaction.
  ///
  /// - Parameters:
  ///   - outcomes: a file's path, its state when it was read (nil where it could not be), and what
  ///     became of it.
  ///   - skipped: how many photos were passed by meanwhile.
  ///   - replacing: whether a caption that is there gives way to a new one.
  /// - Returns: what was recorded for each outcome.
  /// - Throws: `StoreError`.
  package func record(
    _ outcomes: [(path: FilePath, state: FileState?, outcome: Outcome)], run: Int64, work: Work,
    skipped: Int = 0, replacing: Bool = false
  ) throws -> [Recorded] {
    try write { database in
      let recorder = Recorder(
        database: database, run: run, work: work, replacing: replacing, now: Timestamp.now.text)
      let inAlbum = try database.isForAlbum(run: run)
      var counts = RunCounts()
      counts.skipped = skipped
      let captions = try outcomes.map { entry -> Recorded in
        let path = entry.path.absolute
        // A photo that failed and was read well after all is not counted twice.
        if try database.hasFailed(path, run: run) { counts.failed -= 1 }
        switch entry.outcome {
        case .captioned(let photo, let caption, let embedding):
          let image = try database.enterImage(photo, run: run, now: recorder.now)
          if let embedding {
            try database.enter(
              EmbeddingRow(model: work.modelID, image: image, vector: UnitVector(embedding)),
              onConflict: EmbeddingRow.replacing)
          }
          let isNew = try recorder.enter(caption, of: image, photo.identity.orientation)
          if inAlbum { try recorder.adoptCaption(of: image) }
          try database.enterFile(
            path, entry.state, image: image, inAlbum: inAlbum, now: recorder.now)
          if isNew { counts.captioned += 1 } else { counts.skipped += 1 }
          guard let stored = try database.caption(of: image, work) else {
            throw UnreadableValue.lost("a caption")
          }
          return .captioned(stored, isNew: isNew)
        case .alreadyThere(let photo, let facts):
          counts.skipped += 1
          // The bytes that were captioned, and not the picture in others.
          let isSameFile = try database.imageID(of: photo.content) != nil
          if let image = try database.identify(photo) {
            if isSameFile { try recorder.enterOrientation(photo.orientation, of: image) }
            if inAlbum { try recorder.adoptCaption(of: image) }
            try database.enter(facts, of: image, run: run, now: recorder.now)
            try database.enterFile(
              path, entry.state, image: image, inAlbum: inAlbum, now: recorder.now)
          }
          return .nothingNew
        case .failed(let kind, let reason):
          counts.failed += 1
          try database.enter(
            FailureRow(
              run: run, path: path.data, state: entry.state, kind: kind, reason: reason,
              failedAt: recorder.now))
          return .nothingNew
        }
      }
      try database.execute(
        sql: """
          UPDATE runs SET captioned = captioned + ?, skipped = skipped + ?, failed = failed + ?
          WHERE id = ?
          """, arguments: [counts.captioned, counts.skipped, counts.failed, run])
      return captions
    }
  }
}

extension Database {
  /// Whether photos of a run belong to a person's album: whether it is no evaluation.
  fileprivate func isForAlbum(run: Int64) throws -> Bool {
    try !exists("SELECT 1 FROM runs WHERE id = ? AND kind = 'evaluation'", [run])
  }

  /// Whether a photo has failed in a run, and not been read well since.
  fileprivate func hasFailed(_ path: FilePath, run: Int64) throws -> Bool {
    try exists(
      "SELECT 1 FROM failures WHERE path = ? AND run_id = ? AND closed_at IS NULL",
      [path.data, run])
  }
}

/// Enters the outcomes of one transaction.
private struct Recorder {
  let database: Database
  let run: Int64
  let work: Work
  let replacing: Bool
  let now: String

  /// A caption of the picture turned another way gives way.
  ///
  /// - Returns: whether the caption is in the store now; another one kept its place otherwise.
  func enter(_ caption: MachineCaption, of image: Int64, _ orientation: Int) throws -> Bool {
    let row = try CaptionRow(
      caption, of: image, by: work, orientation: orientation, run: run, at: now)
    try database.enter(row, onConflict: replacing ? CaptionRow.replacing : CaptionRow.turned)
    return database.changesCount > 0
  }

  /// Makes the caption that an evaluation made of a picture one of the album's.
  func adoptCaption(of image: Int64) throws {
    try database.cachedStatement(
      sql: """
        UPDATE captions SET run_id = ?
        WHERE image_id = ? AND model_id = ? AND decoding_id = ?
          AND run_id IN (SELECT id FROM runs WHERE kind = 'evaluation')
        """
    ).execute(arguments: [run, image, work.modelID, work.decodingID])
  }

  /// Enters how the file turned its picture that was captioned when nobody asked for that.
  func enterOrientation(_ orientation: Int, of image: Int64) throws {
    try database.cachedStatement(
      sql: """
        UPDATE captions SET orientation = ?
        WHERE image_id = ? AND origin = 'machine' AND orientation IS NULL
        """
    ).execute(arguments: [orientation, image])
  }
}
