import Files
import Foundation
import GRDB
import Store
import SystemPackage
import Tensors
import Testing

struct StoreSearchTests {
  private let store: Store
  private let work: Work
  private let state = FileState(byteCount: 10, modifiedNanoseconds: 20)

  init() throws {
    store = try Store()
    work = try store.work(sampleModel(), options: "{}")
  }

  private func search(_ query: String, limit: Int? = nil) throws -> [String] {
    try store.search(SearchQuery(query), limit: limit).map(\.path.string)
  }

  /// Enters photos whose content is their path.
  private func enter(
    _ path: FilePath, _ text: String, confidence: Double = 0.5, capturedAt: String? = nil,
    content: String? = nil, human: [String] = [], work: Work? = nil
  ) throws {
    var photo = samplePhoto(content ?? path.string)
    photo.facts.capturedAt = capturedAt
    photo.facts.humanCaptions = human.map { HumanCaption(text: $0, source: .note) }
    let work = work ?? self.work
    let run = try store.beginRun(.batch, request: "{}", work: work)
    _ = try store.record(
      [
        (
          path, state,
          .captioned(photo, sampleCaption(text, confidence: confidence), embedding: nil)
        )
      ],
      run: run, work: work)
  }

  @Test(arguments: [
    ("dog", ["/dogs.jpg", "/run.jpg"]),
    ("DÖG", ["/dogs.jpg", "/run.jpg"]),
    ("dogs play", ["/dogs.jpg"]),
    (#""dog running""#, ["/run.jpg"]),
    (#""running dog""#, []),
    ("run", ["/run.jpg"]),
    ("word:runs", ["/run.jpg"]),
    ("word:running", []),
    ("word:run", []),
    ("word:DOGS", ["/dogs.jpg"]),
    (#"word:"two dogs""#, ["/dogs.jpg"]),
    (#"word:"two dog""#, []),
    ("pla*", ["/dogs.jpg"]),
    ("playi*", ["/dogs.jpg"]),
    ("play*", ["/dogs.jpg"]),
    ("plays*", []),
    ("hopi*", ["/café.jpg"]),
    ("dog NOT play", ["/run.jpg"]),
    ("dog -play", ["/run.jpg"]),
    ("-dog", ["/café.jpg", "/cat.jpg"]),
    ("cat OR play", ["/cat.jpg", "/dogs.jpg"]),
    ("(cat OR dog) -(play OR mat)", ["/run.jpg"]),
    ("cat OR -dog", ["/café.jpg", "/cat.jpg"]),
    ("NOT word:dogs", ["/café.jpg", "/cat.jpg", "/run.jpg"]),
    ("cafe", ["/café.jpg"]),
    ("word:CAFÉ", ["/café.jpg"]),
    ("Cafe\u{301}", ["/café.jpg"]),
    ("🎉", ["/café.jpg"]),
    ("-🎉 cat", ["/cat.jpg"]),
    ("海滩", ["/café.jpg"]),
    ("zebra", []),
    ("origin:machine -dog -cat", ["/café.jpg"]),
  ])
  func wordsFind(_ query: String, _ paths: [String]) throws {
    try enter("/run.jpg", "A dog runs.")
    try enter("/dogs.jpg", "Two dogs playing.")
    try enter("/cat.jpg", "A cat on a mat.")
    try enter("/café.jpg", "At a Café, hoping 🎉 一只狗在海滩.")
    #expect(try search(query).sorted() == paths)
  }

  @Test func theBestCaptionComesFirst() throws {
    try enter("/long.jpg", "A man in a hat walks by the sea with a dog and two more men.")
    try enter("/none.jpg", "A cat.")
    try enter("/short.jpg", "A dog.")
    try enter("/twice.jpg", "A dog sees a dog.")
    #expect(try search("dog").last == "/long.jpg")
    #expect(try search("dog", limit: 1) == [try #require(try search("dog").first)])
    // Nothing to rank by: the latest first.
    #expect(
      try search("confidence<=0.5") == ["/twice.jpg", "/short.jpg", "/none.jpg", "/long.jpg"])
  }

  @Test(arguments: [
    ("folder:/a", ["/a/1.jpg", "/a/b/2.jpg"]),
    ("folder:/a/", ["/a/1.jpg", "/a/b/2.jpg"]),
    ("folder:/a/x/../b", ["/a/b/2.jpg"]),
    ("folder:/a/b dog", ["/a/b/2.jpg"]),
    ("folder:/", ["/a b/4.jpg", "/a/1.jpg", "/a/b/2.jpg", "/ab/3.jpg"]),
    (#"folder:"/a b""#, ["/a b/4.jpg"]),
    ("-folder:/a", ["/a b/4.jpg", "/ab/3.jpg"]),
    ("folder:/ab OR folder:/a/b", ["/a/b/2.jpg", "/ab/3.jpg"]),
    ("folder:nowhere", []),
    ("model:other", ["/a b/4.jpg", "/ab/3.jpg"]),
    ("model:SAMPLE folder:/a/b", ["/a/b/2.jpg"]),
    ("-model:sample", ["/a b/4.jpg", "/ab/3.jpg"]),
    ("model:%", []),
    ("after:2021", ["/a/b/2.jpg", "/ab/3.jpg"]),
    ("after:2021-07-04", ["/a/b/2.jpg", "/ab/3.jpg"]),
    ("after:2021-07-05", ["/ab/3.jpg"]),
    ("before:2021-07-04", ["/a/1.jpg"]),
    ("before:2021-07-05", ["/a/1.jpg", "/a/b/2.jpg"]),
    ("after:2021 before:2022 dog", ["/a/b/2.jpg"]),
    ("-after:2021", ["/a b/4.jpg", "/a/1.jpg"]),
    ("confidence<0.4", ["/a/1.jpg"]),
    ("confidence<=0.4", ["/a/1.jpg", "/a/b/2.jpg"]),
    ("confidence>0.4", ["/a b/4.jpg", "/ab/3.jpg"]),
    ("confidence>=0.4 dog", ["/a/b/2.jpg", "/ab/3.jpg"]),
    ("origin:human", ["/a b/4.jpg"]),
    ("origin:machine", ["/a b/4.jpg", "/a/1.jpg", "/a/b/2.jpg", "/ab/3.jpg"]),
    ("origin:human -confidence<0.9", ["/a b/4.jpg"]),
    ("rex OR confidence<0.4", ["/a b/4.jpg", "/a/1.jpg"]),
    ("(dog confidence<0.4) OR (rex origin:human)", ["/a b/4.jpg", "/a/1.jpg"]),
    ("rex origin:machine", []),
  ])
  func filtersFind(_ query: String, _ paths: [String]) throws {
    try enter("/a/1.jpg", "A dog.", confidence: 0.3, capturedAt: "2020-12-31T23:59:59")
    try enter("/a/b/2.jpg", "A dog.", confidence: 0.4, capturedAt: "2021-07-04T00:00:00")
    let other = try store.work(sampleModel("other"), options: "{}")
    try enter("/ab/3.jpg", "A dog.", capturedAt: "2022-01-01T00:00:00+02:00", work: other)
    try enter("/a b/4.jpg", "A cat.", confidence: 0.9, human: ["Rex, our cat."], work: other)
    #expect(try search(query).sorted() == paths)
    #expect(try search(query, limit: 50).sorted() == paths)
  }

  @Test(arguments: [
    ("sentiment:negative", ["/a/1.jpg", "/a/3.jpg"]),
    ("SENTIMENT:Negative", ["/a/1.jpg", "/a/3.jpg"]),
    ("sentiment:positive", ["/a/3.jpg", "/b/2.jpg"]),
    ("sentiment:neutral", []),
    ("-sentiment:negative", ["/a/3.jpg", "/b/2.jpg", "/b/4.jpg"]),
    ("-sentiment:negative -sentiment:positive", ["/b/4.jpg"]),
    ("sentiment:negative sentiment:positive", []),
    ("sentiment:negative OR sentiment:positive", ["/a/1.jpg", "/a/3.jpg", "/b/2.jpg"]),
    ("dog sentiment:negative", ["/a/1.jpg"]),
    ("dog -sentiment:negative", ["/b/2.jpg", "/b/4.jpg"]),
    ("dog (sentiment:positive OR -sentiment:negative)", ["/b/2.jpg", "/b/4.jpg"]),
    ("dog sentiment:positive folder:/b", ["/b/2.jpg"]),
    ("sentiment:negative folder:/a origin:machine", ["/a/1.jpg", "/a/3.jpg"]),
    ("sentiment:positive after:2021", ["/b/2.jpg"]),
    ("sentiment:positive origin:human", ["/a/3.jpg"]),
    ("word:dog (sentiment:positive OR confidence<0.1)", ["/b/2.jpg"]),
  ])
  func labelsFind(_ query: String, _ paths: [String]) throws {
    try enter("/a/1.jpg", "A sad dog.")
    try enter("/b/2.jpg", "A happy dog.", capturedAt: "2021-07-04T00:00:00")
    try enter("/a/3.jpg", "A sad cat.", human: ["Our happy Tiger"])
    let labels = ["negative", "neutral", "positive"]
    _ = try store.labelCaptions(
      by: SentimentModel(name: "tones", contentHash: ContentHash(of: [9]), labels: labels)
    ) { $0.map(sentiment) }
    try enter("/b/4.jpg", "A sad dog that nobody has looked at.")
    #expect(try search(query).sorted() == paths)
    #expect(try search(query, limit: 50).sorted() == paths)
  }

  @Test func theLatestOfALabelComeFirst() throws {
    for index in 0..<300 { try enter(FilePath("/\(index).jpg"), index % 3 == 0 ? "sad" : "dog") }
    _ = try store.labelCaptions(by: sampleSentimentModel()) { $0.map(sentiment) }
    #expect(
      try search("sentiment:negative", limit: 3) == ["/297.jpg", "/294.jpg", "/291.jpg"])
    #expect(try search("sentiment:negative", limit: 99).count == 99)
    #expect(try search("sentiment:positive").count == 200)
  }

  @Test func labelsThatNoCaptionCanHaveAreExplained() throws {
    try enter("/a.jpg", "A dog.")
    try store.enter([("A text", sentiment("A text"))], by: sampleSentimentModel())
    for query in ["sentiment:positive", "dog -sentiment:positive"] {
      #expect(throws: SearchQueryError.nothingLabelled) { try search(query) }
    }
    _ = try store.labelCaptions(by: sampleSentimentModel()) { $0.map(sentiment) }
    #expect(throws: SearchQueryError.noSentiment("glad", known: ["negative", "positive"])) {
      try search("dog OR sentiment:glad")
    }
    #expect(try search("sentiment:negative") == [])
  }

  @Test func relativeFoldersStartAtTheWorkingDirectoryAndHome() throws {
    let here = FileManager.default.currentDirectoryPath
    try enter(FilePath(here).appending("sub/1.jpg"), "A dog.")
    try enter(FilePath(NSHomeDirectory()).appending("Pictures of/2.jpg"), "A dog.")
    #expect(try search("folder:sub") == [here + "/sub/1.jpg"])
    #expect(try search("folder:./sub/../sub folder:.") == [here + "/sub/1.jpg"])
    #expect(try search(#"folder:"~/Pictures of""#).count == 1)
    #expect(try search("folder:~").count >= 1)
  }

  @Test func aPictureIsFoundOnceAtTheLatestOfItsPaths() throws {
    try enter("/a/1.jpg", "A dog.", content: "same", human: ["Rex the dog", "A dog, my dog"])
    try enter("/b/2.jpg", "A dog.", content: "same")
    try store.write { database in
      // The copies are in the test's imagination only: the store would take one for moved.
      try database.execute(
        sql: """
          INSERT OR IGNORE INTO files SELECT CAST('/a/1.jpg' AS BLOB), image_id, 10, 20, '2020', 1
          FROM files
          """)
    }
    #expect(try search("dog") == ["/b/2.jpg"])
    #expect(try search("dog", limit: 5) == ["/b/2.jpg"])
    // A filter chooses among the paths, and among the captions.
    #expect(try search("dog folder:/a") == ["/a/1.jpg"])
    #expect(try search("dog -folder:/b") == ["/a/1.jpg"])
    #expect(try store.search(SearchQuery("rex"), limit: 5).map(\.caption) == ["Rex the dog"])
    // A picture without a file.
    try store.write { try $0.execute(sql: "DELETE FROM files") }
    #expect(try search("dog") == [])
  }

  @Test func fewMatchesBeyondTheRankedOnesAreFoundAllTheSame() throws {
    for index in 0..<300 { try enter(FilePath("/many/\(index).jpg"), "A dog.", confidence: 0.9) }
    try enter("/few/1.jpg", "A dog in a very long sentence about a dog.", confidence: 0.1)
    #expect(try search("dog", limit: 20).count == 20)
    #expect(try search("dog").count == 301)
    #expect(try search("dog folder:/few", limit: 20) == ["/few/1.jpg"])
    #expect(try search("dog confidence<0.5", limit: 20) == ["/few/1.jpg"])
    #expect(try search("confidence<0.5", limit: 20) == ["/few/1.jpg"])
  }

  @Test func whatIsFoundIsDescribed() throws {
    let path = FilePath(platformString: [47, -1, 9, 0])
    try enter(path, "A sad dog.", confidence: 0.25, capturedAt: "2021-07-04T18:30:05")
    _ = try store.labelCaptions(by: sampleSentimentModel()) { $0.map(sentiment) }
    let photo = try #require(try store.search(SearchQuery("dog"), limit: nil).first)
    #expect(photo.path == path)
    #expect(photo.model == "sample")
    #expect(photo.confidence == 0.25)
    #expect(photo.capturedAt == "2021-07-04T18:30:05")
    #expect(photo.sentiment == "negative")
    #expect(photo.sentimentProbability == 0.75)
    let json = try JSONEncoder().encode(photo)
    #expect(try JSONDecoder().decode(CodablePath.self, from: json) == CodablePath(path))
    let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(
      object["caption"] as? String == "A sad dog." && object["origin"] as? String == "machine")
    #expect(object["path_base64"] as? String == Data([47, 255, 9]).base64EncodedString())
    #expect(object["path"] as? String == "/\u{FFFD}\t")
  }

  @Test(arguments: [
    ("failed:", ["/b/2.jpg", "/a/1.jpg"]),
    ("failed:TRUNC", ["/a/1.jpg"]),
    ("failed:%", ["/b/2.jpg"]),
    (#"failed:"no input""#, ["/b/2.jpg"]),
    ("failed: folder:/a", ["/a/1.jpg"]),
    ("failed: -folder:/a", ["/b/2.jpg"]),
    ("failed:truncated OR folder:/b", ["/b/2.jpg", "/a/1.jpg"]),
    ("failed: NOT failed:truncated", ["/b/2.jpg"]),
  ])
  func failuresAreFoundWhileTheyAreOpen(_ query: String, _ paths: [String]) throws {
    let run = try store.beginRun(.batch, request: "{}", work: work)
    _ = try store.record(
      [
        ("/a/1.jpg", state, .failed(.badData, reason: "the file is truncated")),
        ("/b/2.jpg", state, .failed(.noInput, reason: "100 % gone")),
        ("/c/3.jpg", state, .failed(.noInput, reason: "truncated")),
      ], run: run, work: work)
    try enter("/c/3.jpg", "A dog.")
    let found = try store.searchFailures(SearchQuery(query), limit: nil)
    #expect(found.map(\.path.string) == paths)
    #expect(try store.searchFailures(SearchQuery(query), limit: 1).count == 1)
  }

  /// Whatever is typed either is explained or finds something or nothing.
  @Test func nothingThatIsTypedBreaksTheSearch() throws {
    try enter("/a/1.jpg", "A dog's “day”: 100% of -it- (NEAR) 🎉 一只狗.", human: ["Rex * ^ + { }"])
    _ = try store.labelCaptions(by: sampleSentimentModel()) { $0.map(sentiment) }
    let pieces =
      [
        "dog", "\"", "(", ")", "-", "*", "^", "+", "{", "}", ":", "'", ";", "--", "/*", "AND", "OR",
        "NOT", "NEAR", "NEAR(", "word:", "folder:", "model:", "after:", "before:", "confidence<",
        "confidence", "origin:", "failed:", "sentiment:", "sentiment:positive", "human", "0.4",
        "2021-07", "text:", "rowid", "rank:",
        "\u{0}", "\u{301}", "\u{200D}", "🎉", "👩‍👩‍👧", "狗", "é", "ß", "\u{FFFD}", "\\", "\\\"", "%",
        "_", "?", "?1", "@a", "$x", "“", "”", "a", "B", "\t", "\n", "\u{3000}",
        "; DROP TABLE files",
        "' OR 1=1 --", "caption_texts", "İ", "ﬁ", "\u{E000}", "x",
      ] + Array(repeating: " ", count: 30)
    var random = SeededRandom(seed: 11)
    var understood = 0
    for _ in 0..<10_000 {
      let count = 1 + Int(random.uniform() * 12)
      let text = (0..<count).map { _ in pieces[Int(random.uniform() * Float(pieces.count))] }
        .joined()
      do {
        let query = try SearchQuery(text)
        if query.isAboutFailures {
          _ = try store.searchFailures(query, limit: 20)
        } else {
          _ = try store.search(query, limit: 20)
        }
        understood += 1
      } catch is SearchQueryError {
      } catch {
        Issue.record("\(text.debugDescription): \(error)")
      }
    }
    #expect(understood > 3000)
    let captions = try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM captions") }
    #expect(captions == 2)
  }

  /// The greatest queries that are allowed pass SQLite's and FTS5's own limits.
  @Test(arguments: [
    "dog", "word:dog", "do*", "folder:/a", "一", "confidence>0.1", "sentiment:positive",
  ])
  func greatQueriesAreAnswered(_ term: String) throws {
    try enter("/a/1.jpg", "A dog runs.")
    _ = try store.labelCaptions(by: sampleSentimentModel()) { $0.map(sentiment) }
    let terms = Array(repeating: term, count: 180)
    for joint in [" ", " OR ", " -", " OR -"] {
      _ = try search(terms.joined(separator: joint), limit: 20)
    }
    for opening in ["(\(term) OR (\(term) ", "(\(term) -(\(term) OR ", "-(\(term) OR (\(term) "] {
      let levels = opening.hasPrefix("-") ? 5 : opening.contains("-") ? 5 : 8
      let closing = String(repeating: ")", count: 2 * levels)
      let text = String(repeating: opening, count: levels) + term + closing
      _ = try search(text, limit: 20)
    }
    _ = try search(String(repeating: "x", count: 9_000) + "*")
    _ = try search("\"" + String(repeating: "x ", count: 4_500) + "\"")
  }
}
