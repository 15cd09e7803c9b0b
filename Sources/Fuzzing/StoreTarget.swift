internal import Files
internal import Foundation
internal import GRDB
internal import Store
internal import SystemPackage

/// Damages a store that has something of everything in it, and reads it in all ways that there are:
/// each ends in a result or in a sentence about the store, and what a check calls sound can be read.
struct StoreTarget: FuzzTarget {
  private let place: FuzzPlace
  private let path: FilePath
  /// The store's file and its log.
  private let files: (store: [UInt8], log: [UInt8])
  /// All columns of all tables.
  private let columns: [(table: String, column: String)]

  init(_ place: FuzzPlace) throws {
    self.place = place
    path = FilePath(place.scratch).appending("store.sqlite")
    let model = FilePath(place.scratch).appending("filled.sqlite")
    let store = try Store(path: model, for: .create)
    try store.fillWithEverything()
    // While the store is open, its log has not been folded into it.
    files = (
      Array(try Data(contentsOf: URL(filePath: model.string))),
      Array(try Data(contentsOf: URL(filePath: model.string + "-wal")))
    )
    columns = try store.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT m.name AS "table", c.name AS "column" FROM sqlite_schema AS m
          JOIN pragma_table_info(m.name) AS c
          WHERE m.type = 'table' AND m.name NOT LIKE 'caption_texts_%' ORDER BY 1, 2
          """
      ).map { (table: $0["table"], column: $0["column"]) }
    }
    try store.close()
  }

  func run(_ input: [UInt8]) throws(FuzzFailure) {
    for suffix in ["", "-wal", "-shm"] { unlink(path.string + suffix) }
    var edits = Edits(input)
    let isMerged = edits.number(below: 4) == 0
    if edits.number(below: 3) > 0 {
      try place.write(files.store, to: "store.sqlite")
      try place.write(files.log, to: "store.sqlite-wal")
      try changeValues(&edits)
    } else {
      var (store, log) = files
      while !edits.isEmpty {
        if edits.number(below: 2) == 0 { edits.change(&store) } else { edits.change(&log) }
      }
      try place.write(store, to: "store.sqlite")
      try place.write(log, to: "store.sqlite-wal")
    }
    try read()
    if isMerged {
      // What a store refuses of another it may call its own.
      _ = try allowing(isBadData) { try Store().merge(path) }
    }
    try mend()
  }

  private func isBadData(_ error: any Error) -> Bool { (error as? StoreError)?.kind == .badData }

  /// Puts other values into rows, against all rules of the schema.
  private func changeValues(_ edits: inout Edits) throws(FuzzFailure) {
    do {
      var configuration = Configuration()
      configuration.foreignKeysEnabled = false
      let queue = try DatabaseQueue(path: path.string, configuration: configuration)
      defer { try? queue.close() }
      try queue.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
        while !edits.isEmpty {
          let (table, column) = columns[edits.number(below: columns.count)]
          let row = edits.number(below: 8)
          // What a unique index or a trigger forbids, cannot be.
          try? database.execute(
            sql: """
              UPDATE "\(table)" SET "\(column)" = ? WHERE rowid =
                (SELECT rowid FROM "\(table)" LIMIT 1 OFFSET \(row))
              """, arguments: [value(&edits)])
        }
      }
    } catch {
      throw FuzzFailure(description: "the store to be damaged: \(error)")
    }
  }

  private func value(_ edits: inout Edits) -> DatabaseValue {
    switch edits.number(below: 8) {
    case 0: .null
    case 1: Int64(edits.number()).databaseValue
    case 2: [Int64.min, .max, -1, 1 << 32][edits.number(below: 4)].databaseValue
    case 3: [Double.infinity, -.infinity, 1e308, -0.5][edits.number(below: 4)].databaseValue
    case 4: Data(edits.bytes(edits.number(below: 64))).databaseValue
    case 5: String(decoding: edits.bytes(edits.number(below: 64)), as: UTF8.self).databaseValue
    case 6:
      ["", "{}", "[]", "[[]]", "{\"a\":null}", "[1]", "2026-13-45", "\u{1B}[2J"][
        edits.number(below: 8)
      ].databaseValue
    default: Data(count: 1 << edits.number(below: 12)).databaseValue
    }
  }

  private func allowed<Value>(_ work: () throws -> Value) throws(FuzzFailure) -> Value? {
    func isRefusal(_ error: any Error) throws(FuzzFailure) -> Bool {
      guard let error = error as? StoreError else { return false }
      try require(
        error.description.hasPrefix(path.string), "“\(error)” does not name the store")
      try require(error.kind == .badData, "“\(error)” is not about the store's contents")
      return true
    }
    return try allowing(isRefusal, work)
  }

  private func read() throws(FuzzFailure) {
    guard let store = try allowed({ try Store(path: path, for: .read) }) else { return }
    let check = try allowed { try store.check() }
    for (name, read) in Self.readers {
      let isRead = try allowed { try read(store) } != nil
      try require(
        isRead || check?.isDamaged != false, "a store that is sound, but not for \(name)")
    }
    _ = try allowed { try store.close() }
  }

  private func mend() throws(FuzzFailure) {
    guard let store = try allowed({ try Store(path: path, for: .write) }) else { return }
    if let check = try allowed({ try store.check() }) {
      _ = try allowed { try store.repair(goneFiles: check.goneFiles) }
      _ = try allowed { try store.check() }
    }
    _ = try allowed { try store.bringBack() }
    _ = try allowed { try store.close() }
  }

  private static let readers: [(name: String, read: @Sendable (Store) throws -> Void)] = [
    ("info", { _ = try $0.info() }),
    ("lists", { _ = try $0.photos(in: nil, model: nil, limit: nil, datasets: true) }),
    ("failures", { _ = try $0.failures(closed: true, datasets: true) }),
    ("statistics", { _ = try $0.statistics(datasets: true) }),
    ("sentiments", { _ = (try $0.sentiments(limit: nil), try $0.captionsBySentiment()) }),
    ("runs", { _ = try $0.runs() }),
    ("photos that have gone", { _ = try $0.missingPhotos(in: nil) }),
    (
      "details",
      { store in
        for photo in try store.photos(in: nil, model: nil, limit: nil, datasets: true) {
          guard let picture = try store.picture(at: photo.path) else { continue }
          _ = try store.details(of: picture)
        }
      }
    ),
    (
      "searches",
      { store in
        for text in ["dog", "confidence > 0.1", "dog or not (cat)"] {
          _ = try store.search(SearchQuery(text), limit: nil, datasets: true)
        }
        do {
          _ = try store.search(SearchQuery("sentiment:positive"), limit: nil, datasets: true)
        } catch is SearchQueryError {
          // Perhaps no caption has one any more.
        }
        _ = try store.searchFailures(SearchQuery("failed:truncated"), limit: nil)
      }
    ),
    (
      "similar photos",
      { store in
        for model in try store.models() {
          _ = try store.similar(to: [1, 2, 2], model: model.contentHash, limit: 10)
          _ = try store.differences(model.contentHash, model.contentHash)
        }
      }
    ),
    (
      "exports",
      { store in
        var selection = ExportSelection()
        (selection.isEveryCaption, selection.hasEmbeddings, selection.hasDatasets) = (
          true, true, true
        )
        try store.export(selection) { export in
          try export.forEachPicture { _ in }
          try export.forEachEntry { line, _ in _ = try JSONEncoder().encode(line) }
        }
      }
    ),
    (
      "evaluations",
      { store in
        for evaluation in try store.evaluations() {
          _ = try store.evaluatedPhotos(of: evaluation.number)
        }
      }
    ),
    (
      "datasets",
      { store in
        for dataset in try store.datasets() {
          _ = try store.datasetItems(of: dataset.name, split: nil)
          _ = try store.datasetProblems(of: dataset.name)
        }
      }
    ),
    (
      "writes",
      { store in
        for run in try store.runsWithWrites() {
          for write in try store.writes(of: run.run) { _ = try store.paths(of: write) }
        }
      }
    ),
  ]
}

extension Store {
  /// Enters a little of everything that a store can hold.
  fileprivate func fillWithEverything() throws {
    func hash(_ text: String) -> ContentHash { ContentHash(of: Array(text.utf8)) }
    let models = ["first", "second"].map {
      ModelIdentity(name: $0, contentHash: hash($0), configuration: #"{"name":"\#($0)"}"#)
    }
    let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
    var first: Int64?
    for model in models {
      let work = try work(model, options: #"{"beam_width":3}"#)
      let run = try beginRun(.batch, request: "{}", work: work)
      var outcomes: [(path: FilePath, state: FileState?, outcome: Outcome)] = []
      for (index, subject) in ["dog", "cat", "sad child"].enumerated() {
        var photo = PhotoRecord(
          identity: PhotoIdentity(content: hash(subject)), byteCount: 10, format: "JPEG",
          width: 640, height: 480)
        photo.facts.capturedAt = "2021-07-04T18:30:0\(index)"
        (photo.facts.cameraMake, photo.facts.cameraModel) = ("Maker", "Model")
        (photo.facts.latitude, photo.facts.longitude) = (48.5, -120.25)
        photo.facts.humanCaptions = [HumanCaption(text: "My \(subject)", source: .embedded)]
        let words = ["a", subject, "runs"].map {
          MachineCaption.Word(word: $0, logProbability: -0.5)
        }
        let caption = MachineCaption(
          text: "A \(subject) runs.", logProbability: -1.5, confidence: 0.5, words: words,
          alternatives: [MachineCaption.Alternative(caption: "Another.", logProbability: -4)])
        outcomes.append(
          (
            path: FilePath("/photos/\(subject).jpg"), state: state,
            outcome: .captioned(photo, caption, embedding: [1, 2, 2])
          ))
      }
      outcomes.append(
        (
          path: "/photos/broken.jpg", state: state,
          outcome: .failed(.badData, reason: "the JPEG file is truncated")
        ))
      for case .captioned(let caption, _) in try record(outcomes, run: run, work: work) {
        first = first ?? caption.id
        try add([HumanCaption(text: "Beside it", source: .sidecar)], besides: caption.id)
        try prepareWrite(
          of: caption.id, to: "/photos/dog.jpg", .embedded, after: hash("written"),
          undo: [1, 2, 3], run: run)
      }
      try endRun(run, .finished)
    }
    let tones = SentimentModel(
      name: "tones", contentHash: hash("tones"), labels: ["negative", "positive"])
    func tone(_ text: String) -> SentimentLabel {
      SentimentLabel(
        label: "positive", probability: 0.75,
        probabilities: ["negative": 0.25, "positive": 0.75])
    }
    try enter([("a good film", tone("a good film"))], by: tones)
    _ = try labelCaptions(by: tones) { $0.map(tone) }
    _ = try importDataset(
      DatasetRecord(
        name: "set", format: "coco", sources: ["/set.json"],
        items: ["dog", "cat"].map {
          DatasetRecord.Item(
            name: "\($0).jpg", externalID: 7, split: "test", path: FilePath("/photos/\($0).jpg"),
            references: ["a \($0) runs", "one \($0)"])
        },
        problems: [
          DatasetProblemRecord(kind: "missing", file: "set.json", place: "line 1", detail: "none")
        ]))
    let run = try beginRun(
      .evaluation, request: "{}", work: work(models[0], options: #"{"beam_width":3}"#))
    try enterEvaluation(
      run: run, dataset: "set", split: "test", protocolNotes: #"{"metrics":["CIDEr-D"]}"#,
      scores: ["CIDEr-D": 0.5],
      photos: datasetItems(of: "set", split: nil).map {
        EvaluatedPhoto(item: $0, candidate: "a dog", scores: ["CIDEr-D": 0.5])
      })
    try endRun(run, .finished)
    _ = try forget(["/photos/sad child.jpg"])
  }
}
