import GRDB
import SystemPackage
import Testing

@testable import Store

struct StoreLabellingTests {
  private struct Stopped: Error {}

  private let store: Store
  private let work: Work
  private let model = sampleSentimentModel()

  init() throws {
    store = try Store()
    work = try store.work(sampleModel(), options: "{}")
  }

  /// The captions that have a label, with it.
  private func labels() throws -> [String] {
    try store.read {
      try String.fetchAll(
        $0,
        sql: """
          SELECT text || ' ' || label FROM captions JOIN caption_sentiments ON caption_id = id
          ORDER BY id
          """)
    }
  }

  private func count(_ table: String) throws -> Int? {
    try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") }
  }

  @Test func eachTextIsLabelledOnce() throws {
    try store.enter(
      [("/1.jpg", "A dog."), ("/2.jpg", "A sad dog."), ("/3.jpg", "A dog."), ("/4.jpg", "A cat.")],
      work: work)
    try store.note("A sad dog.", about: samplePhoto("/4.jpg"))
    #expect(try store.unlabelledCaptions(by: model.contentHash) == 5)
    var asked: [[String]] = []
    var told: [LabellingCounts] = []
    let counts = try store.labelCaptions(by: model, batch: 2) {
      told.append($0)
    } _: { texts in
      asked.append(texts)
      return texts.map(sentiment)
    }
    #expect(asked == [["A dog.", "A sad dog."], ["A cat."]])
    #expect(counts == LabellingCounts(captions: 5, texts: 3))
    #expect(told.map(\.captions) == [2, 4, 5])
    #expect(
      try labels() == [
        "A dog. positive", "A sad dog. negative", "A dog. positive", "A cat. positive",
        "A sad dog. negative",
      ])
    #expect(try count("sentiment_texts") == 3)
    #expect(try store.unlabelledCaptions(by: model.contentHash) == 0)
    // They are the captions', not given by a person.
    #expect(try store.sentiments(limit: nil) == [])
  }

  @Test func onlyWhatIsNewIsLabelledLater() throws {
    try store.enter([("/1.jpg", "A dog."), ("/2.jpg", "A cat.")], work: work)
    _ = try store.labelCaptions(by: model) { $0.map(sentiment) }
    let nothing = try store.labelCaptions(by: model) { texts in
      Issue.record("\(texts) are labelled again")
      return nil
    }
    #expect(nothing == LabellingCounts())
    try store.enter([("/3.jpg", "A sad bird."), ("/4.jpg", "A dog.")], work: work)
    #expect(try store.unlabelledCaptions(by: model.contentHash) == 2)
    let counts = try store.labelCaptions(by: model) { texts in
      #expect(texts == ["A sad bird."])
      return texts.map(sentiment)
    }
    #expect(counts == LabellingCounts(captions: 2, texts: 1))
  }

  @Test func whateverEndsItTheNextGoesOn() throws {
    try store.enter((0..<10).map { ("/\($0).jpg", "Dog \($0).") }, work: work)
    var batches = 0
    #expect(throws: Stopped.self) {
      try store.labelCaptions(by: model, batch: 3) { texts in
        batches += 1
        if batches == 2 { throw Stopped() }
        return texts.map(sentiment)
      }
    }
    #expect(try labels().count == 3)
    let stopped = try store.labelCaptions(by: model, batch: 3) { texts in
      batches += 1
      return batches == 4 ? nil : texts.map(sentiment)
    }
    #expect(stopped == LabellingCounts(captions: 3, texts: 3))
    _ = try store.labelCaptions(by: model, batch: 3) { $0.map(sentiment) }
    #expect(try labels().count == 10)
  }

  @Test func theModelThatLabelledLastCounts() throws {
    try store.enter([("/1.jpg", "A sad dog."), ("/2.jpg", "A cat.")], work: work)
    _ = try store.labelCaptions(by: model) { $0.map(sentiment) }
    let other = sampleSentimentModel("moods")
    #expect(try store.unlabelledCaptions(by: other.contentHash) == 2)
    _ = try store.labelCaptions(by: other) { $0.map { _ in sentiment("x") } }
    #expect(try labels() == ["A sad dog. positive", "A cat. positive"])
    // Its results are still there.
    let back = try store.labelCaptions(by: model) { texts in
      Issue.record("\(texts) are labelled again")
      return nil
    }
    #expect(back == LabellingCounts(captions: 2, texts: 0))
    #expect(try labels() == ["A sad dog. negative", "A cat. positive"])
    #expect(try count("sentiments") == 4)
  }

  @Test func aPhotoThatIsCaptionedAnewLosesItsLabel() throws {
    try store.enter([("/1.jpg", "A sad dog."), ("/2.jpg", "A cat.")], work: work)
    _ = try store.labelCaptions(by: model) { $0.map(sentiment) }
    let run = try store.beginRun(.batch, request: "{}", work: work)
    for (path, text) in [("/1.jpg", "A happy dog."), ("/2.jpg", "A cat.")] {
      _ = try store.record(
        [("/x", nil, .captioned(samplePhoto(path), sampleCaption(text), embedding: nil))],
        run: run, work: work, replacing: true)
    }
    #expect(try labels() == ["A cat. positive"])
    #expect(try count("sentiment_texts") == 1)
    _ = try store.labelCaptions(by: model) { $0.map(sentiment) }
    #expect(try labels() == ["A happy dog. positive", "A cat. positive"])
  }

  @Test func captionsThatChangeMeanwhileStayUnlabelled() throws {
    try store.enter([("/1.jpg", "A dog."), ("/2.jpg", "A dog."), ("/3.jpg", "A cat.")], work: work)
    let counts = try store.labelCaptions(by: model) { texts in
      try store.write {
        try $0.execute(sql: "UPDATE captions SET text = 'A sad dog.' WHERE id = 1")
        try $0.execute(sql: "DELETE FROM images WHERE id = 3")
      }
      return texts.map(sentiment)
    }
    #expect(counts.captions == 1)
    #expect(try labels() == ["A dog. positive"])
    #expect(try count("sentiment_texts") == 1)
    #expect(try store.unlabelledCaptions(by: model.contentHash) == 1)
  }

  @Test func whatNobodySaysAnyMoreIsForgottenUnlessAPersonGaveIt() throws {
    try store.enter(
      [("/1.jpg", "Alone."), ("/2.jpg", "Shared."), ("/3.jpg", "Shared."), ("/4.jpg", "Given.")],
      work: work)
    for model in [model, sampleSentimentModel("moods")] {
      _ = try store.labelCaptions(by: model) { $0.map(sentiment) }
    }
    try store.enter([("Given.", sentiment("x"))], by: model)
    #expect(try count("sentiments") == 6)
    try store.forgetForGood(["/1.jpg", "/2.jpg", "/4.jpg"])
    let texts = try store.read {
      try String.fetchAll($0, sql: "SELECT text FROM sentiment_texts ORDER BY id")
    }
    #expect(texts == ["Shared.", "Given."])
    #expect(try count("sentiments") == 4)
    try store.forgetForGood(store.knownPhotos(in: nil))
    #expect(try store.sentiments(limit: nil).map(\.text) == ["Given.", "Given."])
    #expect(try count("caption_sentiments") == 0)
    #expect(try store.check().isDamaged == false)
  }

  /// A text that SQLite would give back only up to the zero byte, and texts that are the same to
  /// Swift.
  @Test func textsAreComparedByteByByte() throws {
    try store.enter(
      [("/1.jpg", "a\u{0}b"), ("/2.jpg", "é"), ("/3.jpg", "e\u{301}")], work: work)
    let counts = try store.labelCaptions(by: model) { $0.map(sentiment) }
    #expect(counts == LabellingCounts(captions: 3, texts: 3))
    #expect(try store.unlabelledCaptions(by: model.contentHash) == 0)
  }
}
