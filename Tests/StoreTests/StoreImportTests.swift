import Files
import Foundation
import GRDB
import SystemPackage
import TestSupport
import Testing

@testable import Store

struct StoreImportTests {
  private let store: Store

  init() throws { store = try Store() }

  /// A line as the worker writes it.
  private func line(
    _ path: String, _ text: String, at time: String? = "2026-01-01T00:00:00.000Z"
  ) -> CaptionExchange {
    var line = CaptionExchange(path: FilePath(path))
    let photo = samplePhoto(path)
    (line.contentHash, line.byteCount, line.format) = (photo.identity.content, 10, "JPEG")
    (line.width, line.height, line.modifiedNanoseconds) = (640, 480, 20)
    let caption = sampleCaption(text)
    (line.caption, line.confidence) = (text, caption.confidence)
    (line.logProbability, line.words) = (caption.logProbability, caption.words)
    line.alternatives = caption.alternatives
    line.model = .init(name: "sample", hash: sampleModel().contentHash)
    line.decoding = .object(["beam": .integer(5)])
    line.createdAt = time
    // (1, 0) in half precision.
    line.embedding = Data([0x00, 0x3C, 0, 0])
    return line
  }

  @discardableResult
  private func enter(_ lines: CaptionExchange...) throws -> ImportCounts {
    try store.importing(request: "{}") { importer in
      for line in lines { try importer.enter(line) }
    }
  }

  private func dump() throws -> String {
    try store.read { database in
      let stream = Lines()
      try database.dumpContent(to: stream)
      return stream.text
    }
  }

  private final class Lines: TextOutputStream {
    var text = ""
    func write(_ string: String) { text += string }
  }

  @Test func twiceChangesNothing() throws {
    var failure = CaptionExchange(path: "/bad.jpg")
    failure.error = .init(kind: .badData, message: "truncated")
    failure.createdAt = "2026-01-01T00:00:00.000Z"
    var timeless = line("/c.jpg", "A cat.", at: nil)
    timeless.humanCaptions = [.init(text: "Tom")]
    var timelessFailure = CaptionExchange(path: "/gone.jpg")
    timelessFailure.error = .init(kind: .noInput, message: "there is no such file")
    let lines = [line("/a.jpg", "A dog."), failure, timeless, timelessFailure]
    func enter() throws -> ImportCounts {
      try store.importing(request: "{}") { importer in
        for line in lines { try importer.enter(line) }
      }
    }
    var expected = ImportCounts()
    (expected.captions, expected.humanCaptions, expected.embeddings) = (2, 1, 2)
    expected.failures = 2
    #expect(try enter() == expected)
    let before = try dump()
    var nothing = ImportCounts()
    nothing.unchanged = 4
    #expect(try enter() == nothing)
    #expect(try dump() == before)
  }

  @Test func aSentimentBelongsToItsText() throws {
    func labelled(_ text: String, at time: String) -> CaptionExchange {
      var line = line("/a.jpg", text, at: time)
      line.sentiment = .init(
        sentiment(text), model: "tones", modelHash: sampleSentimentModel().contentHash)
      return line
    }
    try enter(labelled("A sad dog.", at: "2026-01-02T00:00:00Z"))
    // Of a caption that did not get in.
    try enter(labelled("A happy dog.", at: "2026-01-01T00:00:00Z"))
    func labels() throws -> [String] {
      try store.read {
        try String.fetchAll(
          $0,
          sql: """
            SELECT text || ' ' || label FROM sentiments JOIN sentiment_texts t ON t.id = text_id
            """)
      }
    }
    #expect(try labels() == ["A sad dog. negative"])
    try enter(labelled("A glad dog.", at: "2026-01-03T00:00:00Z"))
    #expect(try labels() == ["A glad dog. positive"])
    // A newer caption without one.
    try enter(line("/a.jpg", "A dog.", at: "2026-01-04T00:00:00Z"))
    #expect(try labels() == [])
  }

  @Test func theNewerCaptionStays() throws {
    func text() throws -> String? {
      try store.read { try String.fetchOne($0, sql: "SELECT text FROM captions") }
    }
    try enter(line("/a.jpg", "Second.", at: "2026-01-02T00:00:00Z"))
    try enter(line("/a.jpg", "First.", at: "2026-01-01T00:00:00.000Z"))
    #expect(try text() == "Second.")
    try enter(line("/a.jpg", "Of no time.", at: nil))
    #expect(try text() == "Second.")
    #expect(try enter(line("/a.jpg", "Third.", at: "2026-01-02T00:00:00.001Z")).captions == 1)
    #expect(try text() == "Third.")
  }

  @Test func theStoreKnowsTheWorkThen() throws {
    try enter(line("/a.jpg", "A dog."))
    let model = sampleModel()
    let work = try #require(
      try store.existingWork(model.contentHash, options: #"{"beam":5}"#))
    let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
    // Which bytes make the picture was not told.
    #expect(try store.known("/a.jpg", state, work) == .unsettled)
    let caption = try #require(try store.caption(of: samplePhoto("/a.jpg").identity, work))
    #expect(caption.caption == sampleCaption("A dog."))
    #expect(caption.createdAt == "2026-01-01T00:00:00.000Z")
    // The model's configuration was not told; the model itself fills it in.
    _ = try store.work(model, options: "{}")
    let configuration = try store.read {
      try String.fetchOne($0, sql: "SELECT configuration FROM models")
    }
    #expect(configuration == model.configuration)
  }

  @Test func aCaptionClosesAFailureAndALateFailureIsKept() throws {
    func open() throws -> Int? {
      try store.read {
        try Int.fetchOne($0, sql: "SELECT count(*) FROM failures WHERE closed_at IS NULL")
      }
    }
    var failure = CaptionExchange(path: "/a.jpg")
    failure.error = .init(kind: .inputOutput, message: "the worker died")
    failure.createdAt = "2026-01-01T00:00:00.000Z"
    try enter(failure)
    #expect(try open() == 1)
    try enter(line("/a.jpg", "A dog.", at: "2026-01-01T00:00:01.000Z"))
    #expect(try open() == 0)
    #expect(try enter(failure).failures == 0)
    failure.createdAt = "2026-01-01T00:00:02.000Z"
    #expect(try enter(failure).failures == 1)
    #expect(try open() == 1)
  }

  @Test func whatPeopleWroteMayComeAlone() throws {
    try enter(line("/a.jpg", "A dog."))
    var human = CaptionExchange(path: "/a.jpg")
    human.humanCaptions = [.init(text: "Rex", source: "note"), .init(text: "Rex, 2019")]
    #expect(try enter(human).humanCaptions == 2)
    let sources = try store.read {
      try String.fetchAll($0, sql: "SELECT source FROM captions WHERE origin = 'human' ORDER BY id")
    }
    #expect(sources == ["note", "import"])
  }

  @Test(arguments: [
    ["content_hash"], ["format"], ["width"], ["byte_count"], ["model"], ["decoding"],
    ["confidence"], ["log_probability"], ["caption", "embedding"],
  ])
  func aLineThatLacksSomethingLeavesNothingBehind(keys: [String]) throws {
    let text = String(
      decoding: try JSONEncoder().encode(line("/b.jpg", "A dog.")), as: UTF8.self)
    guard case .object(var object) = try JSONValue(text: text) else { return }
    for key in keys { object[key] = nil }
    let bad = try JSONValue.decode(
      CaptionExchange.self, from: Array(JSONValue.object(object).text.utf8))
    let before = try dump()
    #expect(throws: ImportError.self) { try enter(line("/a.jpg", "A dog."), bad) }
    #expect(try dump() == before)
  }

  @Test func nonsenseIsRefused() throws {
    var bad = line("/a.jpg", "A dog.")
    bad.confidence = 2
    #expect(throws: StoreError.self) { try enter(bad) }
    bad = line("/a.jpg", "A dog.", at: "yesterday")
    #expect(throws: ImportError.self) { try enter(bad) }
    bad = line("/a.jpg", "A dog.")
    bad.embedding = Data([1])
    #expect(throws: ImportError.self) { try enter(bad) }
  }

  @Test func linesAreReadAsTheyWereWritten() throws {
    let name: [CChar] = [47, -1, 0]
    var written = CaptionExchange(path: FilePath(platformString: name))
    written.enter(samplePhoto("x"), sampleCaption("A dog."), embedding: [3, 4])
    let read = try JSONValue.decode(
      CaptionExchange.self, from: Array(JSONEncoder().encode(written)))
    #expect(read == written)
    #expect(read.path == "/\u{FFFD}")
    #expect(read.filePath == FilePath(platformString: name))
    // 0.6 and 0.8 in half precision (NumPy: np.float16(0.6).tobytes()).
    #expect(read.embedding == Data([0xCD, 0x38, 0x66, 0x3A]))
  }
}
