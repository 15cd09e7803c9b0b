import Foundation
import Store
import Testing

struct StoreSentimentsTests {
  private let store: Store
  private let model = sampleSentimentModel()

  init() throws { store = try Store() }

  @Test func whatAModelMadeOfATextIsKeptOnce() throws {
    #expect(try store.sentiment(of: "A sad text", by: model.contentHash) == nil)
    try store.enter([("A sad text", sentiment("sad")), ("Another", sentiment("a"))], by: model)
    #expect(try store.sentiment(of: "A sad text", by: model.contentHash) == sentiment("sad"))
    #expect(try store.sentiment(of: "A sad text ", by: model.contentHash) == nil)
    // The same model of the same text says the same.
    try store.enter([("A sad text", sentiment("other"))], by: model)
    #expect(try store.sentiment(of: "A sad text", by: model.contentHash) == sentiment("sad"))
    let other = sampleSentimentModel("moods")
    #expect(try store.sentiment(of: "A sad text", by: other.contentHash) == nil)
    try store.enter([("A sad text", sentiment("other"))], by: other)
    #expect(try store.sentiment(of: "A sad text", by: other.contentHash) == sentiment("other"))
  }

  @Test func resultsAreListedTheLatestTextFirst() throws {
    for text in ["first", "second and sad", "third"] {
      try store.enter([(text, sentiment(text))], by: model)
    }
    let listed = try store.sentiments(limit: 2)
    #expect(listed.map(\.text) == ["third", "second and sad"])
    #expect(
      listed.map(\.probabilities) == [sentiment("third"), sentiment("sad")].map(\.probabilities))
    #expect(listed.map(\.model) == ["tones", "tones"])
    #expect(try store.sentiments(limit: nil).count == 3)
    let json = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(listed[1])) as? [String: Any])
    #expect(json["text"] as? String == "second and sad")
    #expect(json["label"] as? String == "negative")
    #expect(json["probability"] as? Double == 0.75)
    #expect(json["byte_count"] as? Int == 14)
  }

  @Test(arguments: ["", " ", "a\u{0}b", "🎉", "e\u{301}", "é", "\u{FFFD}\n\t", "'; --"])
  func anyTextIsATextOfItsOwn(text: String) throws {
    try store.enter([("x", sentiment("x")), (text, sentiment("sad"))], by: model)
    #expect(try store.sentiment(of: text, by: model.contentHash) == sentiment("sad"))
    #expect(try store.sentiment(of: text + "y", by: model.contentHash) == nil)
    #expect(try store.sentiment(of: "x", by: model.contentHash) == sentiment("x"))
  }

  @Test func ofALongTextTheBeginningIsKept() throws {
    // A character of three bytes lies across the end of what is kept.
    let text = String(repeating: "海", count: 1_000_000)
    try store.enter([(text, sentiment("sad")), (text + "!", sentiment("x"))], by: model)
    #expect(try store.sentiment(of: text, by: model.contentHash) == sentiment("sad"))
    #expect(try store.sentiment(of: text + "!", by: model.contentHash) == sentiment("x"))
    let listed = try store.sentiments(limit: nil)
    #expect(listed.map(\.byteCount) == [3_000_001, 3_000_000])
    let kept = Store.longestSentimentText / 3
    #expect(listed.map(\.text) == Array(repeating: String(repeating: "海", count: kept), count: 2))
  }

  @Test func labelsThatAModelHasGotAreAdded() throws {
    try store.enter([("a", sentiment("a"))], by: model)
    let more = SentimentModel(
      name: "renamed", contentHash: model.contentHash, labels: ["neutral", "positive"])
    try store.enter([("b", sentiment("b"))], by: more)
    #expect(try store.info().sentimentModels.map(\.name) == ["renamed"])
    let work = try store.work(sampleModel(), options: "{}")
    try store.enter([("/a.jpg", "A dog.")], work: work)
    _ = try store.labelCaptions(by: model) { $0.map(sentiment) }
    #expect(
      throws: SearchQueryError.noSentiment("x", known: ["negative", "neutral", "positive"])
    ) { try store.search(SearchQuery("sentiment:x"), limit: 1) }
  }

  @Test(arguments: [-0.1, 1.1, .nan])
  func whatIsNoProbabilityIsRefused(probability: Double) throws {
    let wrong = SentimentLabel(label: "positive", probability: probability, probabilities: [:])
    #expect(throws: StoreError.self) { try store.enter([("a", wrong)], by: model) }
    #expect(try store.sentiments(limit: nil) == [])
  }
}
