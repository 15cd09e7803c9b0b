internal import Foundation
internal import GRDB
package import SystemPackage

/// What a run is for.
package enum RunKind: String, Sendable {
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

  package init(captioned: Int = 0, skipped: Int = 0, failed: Int = 0) {
    self.captioned = captioned
    self.skipped = skipped
    self.failed = failed
  }
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
      try database.execute(
        sql: """
          INSERT INTO runs (kind, state, request, model_id, decoding_id, started_at)
          VALUES (?, 'running', ?, ?, ?, ?)
          """,
        arguments: [
          kind.rawValue, request, work?.modelID, work?.decodingID, Timestamp.now.text,
        ])
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
          if let embedding { try recorder.enter(embedding, of: image) }
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
          try recorder.enterFailure(path, entry.state, kind, reason)
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
    let isEvaluation = try Bool.fetchOne(
      cachedStatement(sql: "SELECT kind = 'evaluation' FROM runs WHERE id = ?"), arguments: [run])
    return isEvaluation != true
  }

  /// Whether a photo has failed in a run, and not been read well since.
  fileprivate func hasFailed(_ path: FilePath, run: Int64) throws -> Bool {
    let hasFailed = try Bool.fetchOne(
      cachedStatement(
        sql: """
          SELECT EXISTS (
            SELECT 1 FROM failures WHERE path = ? AND run_id = ? AND closed_at IS NULL)
          """), arguments: [path.data, run])
    return hasFailed == true
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
    try database.cachedStatement(
      sql: """
        INSERT INTO captions (image_id, origin, text, created_at, run_id, model_id, decoding_id,
          log_probability, confidence, words, alternatives, orientation)
        VALUES (?, 'machine', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (image_id, model_id, decoding_id)
        DO UPDATE SET text = excluded.text, created_at = excluded.created_at,
          run_id = excluded.run_id, log_probability = excluded.log_probability,
          confidence = excluded.confidence, words = excluded.words,
          alternatives = excluded.alternatives, orientation = excluded.orientation
        WHERE ? OR captions.orientation <> excluded.orientation
        """
    ).execute(arguments: [
      image, caption.text, now, run, work.modelID, work.decodingID, caption.logProbability,
      caption.confidence, try json(caption.words), try json(caption.alternatives), orientation,
      replacing,
    ])
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

  func enter(_ embedding: [Float], of image: Int64) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO embeddings (model_id, image_id, vector) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET vector = excluded.vector
        """
    ).execute(arguments: [work.modelID, image, UnitVector(embedding).data])
  }

  func enterFailure(_ path: FilePath, _ state: FileState?, _ kind: FailureKind, _ reason: String)
    throws
  {
    try database.closeFailure(of: path, now: now)
    try database.cachedStatement(
      sql: """
        INSERT INTO failures (run_id, path, byte_count, modified_nanoseconds, kind, reason, failed_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      run, path.data, state?.byteCount, state?.modifiedNanoseconds, kind.rawValue, reason, now,
    ])
  }
}
