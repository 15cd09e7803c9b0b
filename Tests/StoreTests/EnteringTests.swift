import Files
import Foundation
import GRDB
import Store
import SystemPackage
import Tensors
import TestSupport
import Testing

/// Whatever way things enter a store, it says the same of them.
struct EnteringTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func store(_ name: String) throws -> Store {
    try Store(path: FilePath(folder.path).appending(name), for: .create)
  }

  /// A store of generated events goes into another in three ways: it is merged, its export is
  /// imported, and the events of both are recorded in one from the beginning, in their order.
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func importingMergingAndRecordingAreTheSame(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let (ours, others, both) = try (store("ours"), store("others"), store("both"))
    for _ in 0..<24 {
      let event = try Event(in: folder.path, &random)
      for store in [Bool.random(using: &random) ? ours : others, both] {
        try event.record(in: store)
      }
      // Of two captions by the same work that are of one millisecond, nobody knows the newer.
      usleep(1000)
    }
    for store in [ours, others, both] {
      _ = try store.labelCaptions(by: sampleSentimentModel()) { $0.map(sentiment) }
    }
    let imported = try store("imported")
    _ = try imported.merge(ours.path)
    let (expected, open) = try (content(both), failures(both))
    #expect(expected.count > 20)

    for isAgain in [false, true] {
      let (before, after) = try ours.merge(others.path)
      #expect((before == after) == isAgain)
      #expect(try content(ours) == expected)
      #expect(try failures(ours) == open)

      // Exports have no failures.
      let counts = try enterExport(of: others, in: imported)
      #expect(!isAgain || counts.captions + counts.humanCaptions + counts.embeddings == 0)
      #expect(try content(imported) == expected)
    }
    for store in [ours, imported] { #expect(try !store.check().isDamaged) }
  }

  private func enterExport(of store: Store, in other: Store) throws -> ImportCounts {
    var selection = ExportSelection()
    (selection.isEveryCaption, selection.hasEmbeddings) = (true, true)
    var lines: [[UInt8]] = []
    try store.export(selection) { export in
      try export.forEachEntry { entry, _ in lines.append(Array(try JSONEncoder().encode(entry))) }
    }
    return try other.importing(request: "{}") { importer in
      for line in lines { try importer.enter(JSONValue.decode(CaptionExchange.self, from: line)) }
    }
  }

  /// All but times, runs, the numbers of rows, and which of a picture's contents came first.
  private func content(_ store: Store) throws -> [String] {
    try store.read { database in
      try [
        """
        SELECT hex(picture_hash), byte_count, format, width, height, captured_at, camera_make,
          camera_model, latitude, longitude FROM images
        """,
        """
        SELECT hex(picture_hash), hex(images.content_hash) FROM images
        UNION SELECT hex(picture_hash), hex(v.content_hash)
          FROM image_versions AS v JOIN images ON images.id = image_id
        """,
        """
        SELECT hex(path), hex(picture_hash), f.byte_count, modified_nanoseconds, in_album
        FROM files AS f JOIN images ON images.id = image_id
        """,
        """
        SELECT hex(picture_hash), origin, text, m.name, configuration, options, log_probability,
          confidence, words, alternatives, orientation, source, s.label
        FROM captions AS c JOIN images ON images.id = image_id
        LEFT JOIN models AS m ON m.id = c.model_id
        LEFT JOIN decodings ON decodings.id = decoding_id
        LEFT JOIN caption_sentiments AS s ON s.caption_id = c.id
        """,
        """
        SELECT hex(picture_hash), name, hex(vector) FROM embeddings
        JOIN images ON images.id = image_id JOIN models ON models.id = model_id
        """,
        """
        SELECT text, is_given, name, labels, label, probability, probabilities FROM sentiments
        JOIN sentiment_texts AS t ON t.id = text_id JOIN sentiment_models AS m ON m.id = model_id
        """,
      ].flatMap { try Row.fetchAll(database, sql: $0).map { "\($0)" }.sorted() }
    }
  }

  private func failures(_ store: Store) throws -> [String] {
    try store.failures(closed: false).map { "\($0.path) \($0.reason)" }.sorted()
  }

  @Test func whatAPersonWroteStaysBesideAMachinesCaption() throws {
    let ours = try store("ours")
    let work = try ours.work(sampleModel(), options: "{}")
    try ours.enter([("/a.jpg", "A dog.")], work: work)
    for text in ["A dog.", "Rex"] { try ours.note(text, about: samplePhoto("/a.jpg")) }
    let others = try store("others")
    usleep(1000)
    try others.enter(
      [("/a.jpg", "Rex")], work: others.work(sampleModel(), options: "{}"))
    let run = try ours.beginRun(.batch, request: "{}", work: work)
    for text in ["Rex", "A cat.", "A dog."] {
      _ = try ours.record(
        [("/a.jpg", nil, .captioned(samplePhoto("/a.jpg"), sampleCaption(text), embedding: nil))],
        run: run, work: work, replacing: true)
      #expect(try texts(ours) == ["human A dog.", "human Rex", "machine \(text)"])
    }
    usleep(1000)
    try others.record("A bird.", of: "/a.jpg")
    _ = try ours.merge(others.path)
    #expect(try texts(ours) == ["human A dog.", "human Rex", "machine A bird."])
    usleep(1000)
    try others.record("Rex", of: "/a.jpg")
    _ = try enterExport(of: others, in: ours)
    #expect(try texts(ours) == ["human A dog.", "human Rex", "machine Rex"])
  }

  private func texts(_ store: Store) throws -> [String] {
    try store.read {
      try String.fetchAll(
        $0, sql: "SELECT origin || ' ' || text AS line FROM captions ORDER BY line")
    }
  }

  /// However a file was seen later, the store knows of it.
  @Test(arguments: [false, true]) func theLaterSightCounts(isImported: Bool) throws {
    let (ours, others) = try (store("ours"), store("others"))
    for store in [ours, others] {
      try store.enter([("/a.jpg", "A dog.")], work: store.work(sampleModel(), options: "{}"))
    }
    func seen(_ store: Store) throws -> String? {
      try store.read { try String.fetchOne($0, sql: "SELECT seen_at FROM files") }
    }
    for (time, counts) in [("2001-01-01T00:00:00.000Z", false), ("2101-01-01T00:00:00.000Z", true)]
    {
      let before = try seen(ours)
      try others.write { try $0.execute(sql: "UPDATE files SET seen_at = ?", arguments: [time]) }
      if isImported {
        _ = try enterExport(of: others, in: ours)
      } else {
        _ = try ours.merge(others.path)
      }
      #expect(try seen(ours) == (counts ? time : before))
    }
  }

  /// A classifier that says more in one store than it has said in another.
  @Test(arguments: [false, true]) func labelsOfAModelComeTogether(isImported: Bool) throws {
    let (ours, others) = try (store("ours"), store("others"))
    for (store, labels) in [(ours, ["negative", "positive"]), (others, ["positive", "neutral"])] {
      try store.enter([("/a.jpg", "A dog.")], work: store.work(sampleModel(), options: "{}"))
      let model = SentimentModel(
        name: "\(labels[1])", contentHash: ContentHash(of: [1]), labels: labels)
      _ = try store.labelCaptions(by: model) { texts in
        texts.map { _ in
          SentimentLabel(
            label: labels[0], probability: 0.5, probabilities: [labels[0]: 0.5, labels[1]: 0.5])
        }
      }
    }
    // Else there is nothing to say of the caption that the store does not know.
    try ours.write { try $0.execute(sql: "DELETE FROM caption_sentiments") }
    if isImported {
      _ = try enterExport(of: others, in: ours)
    } else {
      _ = try ours.merge(others.path)
    }
    let models = try ours.read { database in
      try String.fetchAll(
        database, sql: "SELECT name || ': ' || labels FROM sentiment_models")
    }
    #expect(models == [#"positive: ["negative","positive","neutral"]"#])
  }
}

extension Store {
  /// Captions a photo anew.
  fileprivate func record(_ text: String, of path: FilePath) throws {
    let work = try work(sampleModel(), options: "{}")
    let run = try beginRun(.batch, request: "{}", work: work)
    _ = try record(
      [(path, nil, .captioned(samplePhoto("/a.jpg"), sampleCaption(text), embedding: nil))],
      run: run, work: work, replacing: true)
  }
}

/// What becomes of a photo.
private struct Event {
  private let path: FilePath
  private let state: FileState
  private let photo: PhotoRecord
  private let caption: MachineCaption
  private let embedding: [Float]?
  private let model: ModelIdentity
  private let options: String
  private let hasFailed: Bool

  /// - Parameter folder: where photos lie: of one that is not there, the store would take it that it
  ///   was moved.
  init(in folder: String, _ random: inout SeededRandom) throws {
    func one<Value>(of values: Value...) -> Value {
      values.randomElement(using: &random) ?? values[0]
    }
    path = FilePath(folder).appending("\(one(of: 0, 1, 2, 3, 4)).jpg")
    _ = FileManager.default.createFile(atPath: path.string, contents: Data([1]))
    state = FileState(byteCount: 10, modifiedNanoseconds: one(of: 20, 30))
    let picture = one(of: 0, 1, 2)
    var photo = samplePhoto("\(picture)")
    photo.identity = PhotoIdentity(
      content: ContentHash(of: Array("\(picture) \(one(of: "rated", "described"))".utf8)),
      picture: photo.identity.picture, orientation: one(of: 1, 6))
    photo.facts.capturedAt = one(of: nil, "2021-07-0\(picture + 1)T18:30:05")
    photo.facts.cameraMake = one(of: nil, "Make \(picture)")
    photo.facts.cameraModel = one(of: nil, "Model \(picture)")
    if one(of: true, false) { (photo.facts.latitude, photo.facts.longitude) = (Double(picture), 7) }
    photo.facts.humanCaptions = one(
      of: [], [HumanCaption(text: "Rex \(picture)", source: .embedded)],
      [HumanCaption(text: "A sad dog.", source: .note)],
      [HumanCaption(text: "Home.", source: .imported)])
    self.photo = photo
    caption = sampleCaption(
      one(of: "A dog.", "A sad dog.", "A cat on a sofa."), confidence: one(of: 0.25, 0.5))
    embedding = one(of: nil, (0..<3).map { $0 == picture ? 1 : 0 })
    model = sampleModel(one(of: "one", "two"))
    options = one(of: "{}", #"{"beam_width":3}"#)
    hasFailed = one(of: true, false, false, false)
  }

  func record(in store: Store) throws {
    let work = try store.work(model, options: options)
    let run = try store.beginRun(.batch, request: "{}", work: work)
    let outcome =
      hasFailed
      ? Outcome.failed(.badData, reason: "it is no \(caption.text)")
      : .captioned(photo, caption, embedding: embedding)
    _ = try store.record([(path, state, outcome)], run: run, work: work, replacing: true)
    try store.endRun(run, .finished)
  }
}
