import Files
import Foundation
import GRDB
import Store
import SystemPackage
import Testing

struct StoreExportTests {
  private let store: Store
  private let work: Work

  init() throws {
    store = try Store()
    work = try store.work(sampleModel(), options: #"{"beam_width":5,"seed":18446744073709551615}"#)
  }

  private func entries(_ change: (inout ExportSelection) -> Void = { _ in }) throws
    -> [CaptionExchange]
  {
    var selection = ExportSelection()
    change(&selection)
    return try store.export(selection) { export in
      var entries: [CaptionExchange] = []
      try export.forEachEntry { entry, _ in entries.append(entry) }
      return entries
    }
  }

  private func paths(_ change: (inout ExportSelection) -> Void = { _ in }) throws -> [String?] {
    try entries(change).map(\.path)
  }

  @Test func everythingKnownOfAPicture() throws {
    var photo = samplePhoto("x")
    photo.facts.capturedAt = "2021-07-04T18:30:05+02:00"
    photo.facts.cameraMake = "Canon"
    photo.facts.cameraModel = "EOS 80D"
    (photo.facts.latitude, photo.facts.longitude) = (38.7, -9.25)
    photo.facts.humanCaptions = [HumanCaption(text: "Rex, 2019", source: .embedded)]
    let run = try store.beginRun(.batch, request: "{}", work: work)
    let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
    _ = try store.record(
      [("/b/x.jpg", state, .captioned(photo, sampleCaption("A dog."), embedding: [3, 4]))],
      run: run, work: work)
    let entry = try #require(try entries { $0.hasEmbeddings = true }.first)
    #expect(entry.path == "/b/x.jpg")
    #expect(entry.pathBytes == nil)
    #expect(entry.files.map(\.filePath) == ["/b/x.jpg"])
    #expect(entry.files.map(\.modifiedNanoseconds) == [20])
    #expect(entry.contentHash == photo.identity.content)
    #expect((entry.width, entry.height, entry.format) == (640, 480, "JPEG"))
    #expect(entry.capturedAt == photo.facts.capturedAt)
    #expect((entry.cameraMake, entry.cameraModel) == ("Canon", "EOS 80D"))
    #expect((entry.latitude, entry.longitude) == (38.7, -9.25))
    let caption = sampleCaption("A dog.")
    #expect(entry.caption == caption.text)
    #expect(entry.confidence == caption.confidence)
    #expect(entry.logProbability == caption.logProbability)
    #expect(entry.words == caption.words)
    #expect(entry.alternatives == caption.alternatives)
    #expect(entry.model?.name == "sample")
    #expect(entry.model?.hash == sampleModel().contentHash)
    #expect(try entry.model?.configuration?.text == sampleModel().configuration)
    #expect(try entry.decoding?.text == #"{"beam_width":5,"seed":18446744073709551615}"#)
    #expect(entry.humanCaptions.map(\.text) == ["Rex, 2019"])
    #expect(entry.humanCaptions.map(\.source) == ["embedded"])
    // 0.6 and 0.8 in half precision: struct.pack("<2e", 0.6, 0.8).hex() == "cd38663a".
    #expect(entry.embedding == Data([0xCD, 0x38, 0x66, 0x3A]))
    #expect(try entries().first?.embedding == nil)
    let again = try JSONValue.decode(
      CaptionExchange.self, from: Array(JSONEncoder().encode(entry)))
    #expect(again == entry)
  }

  @Test func whatTheCaptionsSayGoesToAnotherStore() throws {
    try store.enter([("/a.jpg", "A sad dog."), ("/b.jpg", "A cat.")], work: work)
    try store.note("Rex", about: samplePhoto("/a.jpg"))
    #expect(try entries()[0].sentiment == nil)
    _ = try store.labelCaptions(by: sampleSentimentModel()) { $0.map(sentiment) }
    let found = try entries()
    #expect(found[0].sentiment?.sentiment == sentiment("sad"))
    #expect(found[0].sentiment?.model == "tones")
    #expect(found[0].sentiment?.modelHash == sampleSentimentModel().contentHash)
    #expect(found[0].humanCaptions.map(\.sentiment?.label) == ["positive"])
    #expect(found[1].sentiment?.label == "positive")
    let other = try Store()
    for unchanged in [0, 2] {
      let counts = try other.importing(request: "{}") { importer in
        for entry in found {
          try importer.enter(
            JSONValue.decode(CaptionExchange.self, from: Array(JSONEncoder().encode(entry))))
        }
      }
      #expect(counts.unchanged == unchanged)
      #expect(counts.sentiments == (unchanged == 0 ? 3 : 0))
    }
    let again = try other.export(ExportSelection()) { export in
      var entries: [CaptionExchange] = []
      try export.forEachEntry { entry, _ in entries.append(entry) }
      return entries
    }
    #expect(again.map(\.sentiment) == found.map(\.sentiment))
    #expect(again.map(\.humanCaptions) == found.map(\.humanCaptions))
    #expect(
      try other.search(SearchQuery("sentiment:negative"), limit: nil).map(\.path) == ["/a.jpg"])
  }

  @Test func absentListsCountAsEmpty() throws {
    let text = """
      {"content_hash": "\(samplePhoto("x").identity.content)", "byte_count": 1, "format": "PNG",
        "width": 2, "height": 3, "unknown": []}
      """
    let entry = try JSONValue.decode(CaptionExchange.self, from: Array(text.utf8))
    #expect(entry.words == nil && entry.files.isEmpty && entry.humanCaptions.isEmpty)
    #expect(entry.filePath == nil)
  }

  @Test func thePathsAreInOrderWhateverThatOfTheirEntry() throws {
    try store.enter([("/b/2.jpg", "A."), ("/a/9.jpg", "B."), ("/b/1.jpg", "C.")], work: work)
    #expect(try paths() == ["/a/9.jpg", "/b/1.jpg", "/b/2.jpg"])
    #expect(try paths { $0.limit = 2 } == ["/a/9.jpg", "/b/1.jpg"])
    #expect(try paths { $0.limit = 0 } == [])
  }

  @Test func aFolderIsNotItsNamesakes() throws {
    let all = ["/a", "/a.jpg", "/a/1.jpg", "/a/b/2.jpg", "/a0/3.jpg", "/ab/4.jpg", "/c/5.jpg"]
    try store.enter(all.map { ($0, "A dog.") }, work: work)
    #expect(try paths { $0.folder = "/a" } == ["/a/1.jpg", "/a/b/2.jpg"])
    #expect(try paths { $0.folder = "/a/../a/" } == ["/a/1.jpg", "/a/b/2.jpg"])
    #expect(try paths { $0.folder = "/" } == all)
    #expect(try paths { $0.folder = "/x" } == [])
  }

  @Test func aPictureOfTwoFilesComesOnce() throws {
    // The folder of one is there, so the other is not taken for its new place.
    let here = FilePath(#filePath)
    try store.enter([("/z.jpg", "A dog.")], work: work)
    let run = try store.beginRun(.batch, request: "{}", work: work)
    let hash = samplePhoto("/z.jpg").identity
    let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
    for path in [here, "/y.jpg"] {
      _ = try store.record([(path, state, .alreadyThere(hash, PhotoFacts()))], run: run, work: work)
    }
    let found = try entries()
    #expect(found.count == 1)
    #expect(Set(found[0].files.map(\.filePath)) == [here, "/y.jpg"])
    #expect(found[0].filePath == min(here, "/y.jpg") { $0.string < $1.string })
    let inFolder = try entries { $0.folder = here.removingLastComponent() }
    #expect(inFolder.map(\.filePath) == [here])
  }

  @Test func theNewestCaptionOrThoseOfAModelOrAll() throws {
    try store.enter([("/a.jpg", "First."), ("/b.jpg", "Other.")], work: work)
    let second = try store.work(sampleModel("second"), options: "{}")
    try store.enter([("/a.jpg", "Second.")], work: second)
    #expect(try entries().map(\.caption) == ["Second.", "Other."])
    #expect(try entries { $0.model = "sample" }.map(\.caption) == ["First.", "Other."])
    #expect(try entries { $0.model = "second" }.map(\.caption) == ["Second."])
    #expect(try entries { $0.model = "third" }.isEmpty)
    let all = try entries { $0.isEveryCaption = true }
    #expect(all.map(\.caption) == ["Second.", "First.", "Other."])
    // Each model's configuration stands with its first caption.
    #expect(all.map { $0.model?.configuration != nil } == [true, true, false])
    #expect(
      try entries {
        $0.isEveryCaption = true
        $0.limit = 1
      }.count == 2)
    #expect(try store.captioningModels() == ["sample", "second"])
  }

  @Test func picturesThatOnlyPeopleDescribed() throws {
    try store.enter([("/a.jpg", "A dog."), ("/b.jpg", "A cat.")], work: work)
    try store.note("Rex", about: samplePhoto("/a.jpg"))
    try store.write { try $0.execute(sql: "DELETE FROM captions WHERE origin = 'machine'") }
    let found = try entries()
    #expect(found.map(\.path) == ["/a.jpg"])
    #expect(found[0].caption == nil && found[0].model == nil)
    #expect(found[0].humanCaptions.map(\.text) == ["Rex"])
    #expect(try entries { $0.model = "sample" }.isEmpty)
  }

  @Test func picturesWithoutAFileComeLast() throws {
    try store.enter([("/a.jpg", "A dog."), ("/b.jpg", "A cat.")], work: work)
    try store.write { try $0.execute(sql: "DELETE FROM files WHERE path = CAST('/a.jpg' AS BLOB)") }
    #expect(try paths() == ["/b.jpg", nil])
    #expect(try paths { $0.folder = "/" } == ["/b.jpg"])
  }

  @Test func pathsThatAreNotTextComeWithTheirBytes() throws {
    let path = FilePath(platformString: [47, -1, 10, 46, 106, 112, 103, 0])
    let run = try store.beginRun(.batch, request: "{}", work: work)
    _ = try store.record(
      [
        (
          path, FileState(byteCount: 1, modifiedNanoseconds: 2),
          .captioned(samplePhoto("x"), sampleCaption("A dog."), embedding: nil)
        )
      ], run: run, work: work)
    let entry = try #require(try entries().first)
    #expect(entry.path == "/\u{FFFD}\n.jpg")
    #expect(entry.pathBytes == Data([0x2F, 0xFF, 0x0A]) + Data(".jpg".utf8))
    let again = try JSONValue.decode(
      CaptionExchange.self, from: Array(JSONEncoder().encode(entry)))
    #expect(again.filePath == path)
    #expect(again.files.map(\.filePath) == [path])
  }

  @Test(arguments: [
    "null", "true", "[1,-2.5,\"x\"]", "18446744073709551615", "-9223372036854775808",
    #"{"a":{"b":[]},"c":0.1}"#,
  ])
  func anyJSONIsKept(text: String) throws { #expect(try JSONValue(text: text).text == text) }
}

private func min(_ a: FilePath, _ b: FilePath, by areInOrder: (FilePath, FilePath) -> Bool)
  -> FilePath
{
  areInOrder(a, b) ? a : b
}
