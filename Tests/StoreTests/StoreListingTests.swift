import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Store

struct StoreListingTests {
  private let store: Store
  private let work: Work

  init() throws {
    store = try Store()
    work = try store.work(sampleModel(), options: #"{"beam_width":5}"#)
    try store.enter(
      [
        ("/photos/a.jpg", "A dog runs."), ("/photos/sub/b.jpg", "A cat sits."),
        ("/photos 2/c.jpg", "A dog sleeps."), ("/photo%/d.jpg", "A bird flies."),
      ], work: work)
  }

  private func paths(_ folder: FilePath?, model: String? = nil, limit: Int? = nil) throws
    -> [String]
  {
    try store.photos(in: folder, model: model, limit: limit).map(\.path.string).sorted()
  }

  @Test func foldersAreWholeComponentsAndNoPatterns() throws {
    #expect(try paths("/photos") == ["/photos/a.jpg", "/photos/sub/b.jpg"])
    #expect(try paths("/photos/") == ["/photos/a.jpg", "/photos/sub/b.jpg"])
    #expect(try paths("/photos/su").isEmpty)
    #expect(try paths("/photo%") == ["/photo%/d.jpg"])
    #expect(try paths("/").count == 4)
    #expect(try paths(nil, model: "sample").count == 4)
    #expect(try paths(nil, model: "other").isEmpty)
    #expect(try paths(nil, limit: 2).count == 2)
  }

  @Test func allThatIsKnownOfAPicture() throws {
    let hash = samplePhoto("/photos/a.jpg").identity
    let picture = try #require(try store.picture(of: hash))
    #expect(try store.picture(at: "/photos/a.jpg") == picture)
    #expect(try store.picture(at: "/photos/none.jpg") == nil)
    try store.note("Rex, 2019", about: samplePhoto("/photos/a.jpg"))
    let details = try #require(try store.details(of: picture))
    #expect(details.paths == ["/photos/a.jpg"])
    #expect(details.captions.map(\.text) == ["Rex, 2019", "A dog runs."])
    #expect(details.captions.map(\.model) == [nil, "sample"])
    #expect(details.captions[0].source == "note")
    #expect(details.captions[1].decoding == .object(["beam_width": .integer(5)]))
    #expect(details.captions.map(\.sentiment) == [nil, nil])
    _ = try store.labelCaptions(by: sampleSentimentModel()) { $0.map(sentiment) }
    let labelled = try #require(try store.details(of: picture))
    #expect(labelled.captions.map(\.sentiment) == [sentiment("Rex"), sentiment("A dog")])
    #expect(labelled.captions.map(\.createdAt) == details.captions.map(\.createdAt))
    #expect(try store.photos(in: "/photos", model: nil, limit: 1).map(\.sentiment) == ["positive"])
    #expect(try store.picture(of: PhotoIdentity(content: ContentHash(of: [7]))) == nil)
  }

  @Test func differencesOfTwoModels() throws {
    let other = try store.work(sampleModel("other"), options: "{}")
    try store.enter(
      [("/photos/a.jpg", "A dog runs."), ("/photos/sub/b.jpg", "A kitten.")], work: other)
    let (first, second) = (sampleModel().contentHash, sampleModel("other").contentHash)
    let differences = try store.differences(first, second)
    #expect(differences.map(\.path) == ["/photos/sub/b.jpg"])
    #expect(differences.first?.first == "A cat sits.")
    #expect(differences.first?.second == "A kitten.")
    #expect(try store.models(called: "other").map(\.contentHash) == [second])
    #expect(try store.models(called: String("\(second)".prefix(8))).map(\.name) == ["other"])
    #expect(try store.models(called: "oth").isEmpty)
  }

  @Test func whatIsForgottenIsGoneAndNothingElse() throws {
    #expect(try store.forget(["/photos/a.jpg", "/none.jpg"]) == ["/photos/a.jpg"])
    #expect(try store.picture(of: samplePhoto("/photos/a.jpg").identity) == nil)
    #expect(try store.search(SearchQuery("dog"), limit: 9).map(\.path) == ["/photos 2/c.jpg"])
    #expect(try store.forget(store.knownPhotos(in: "/photos")) == ["/photos/sub/b.jpg"])
    #expect(try store.forget(store.knownPhotos(in: nil)).count == 2)
    #expect(try paths(nil).isEmpty)
  }

  @Test func aPictureStaysWithItsLastFile() throws {
    let hash = samplePhoto("/photos/a.jpg").identity
    let copy = try TemporaryFile(Data("copy".utf8))
    let state = try #require(FileState(of: FilePath(copy.path)))
    let run = try store.beginRun(.batch, request: "{}", work: work)
    _ = try store.record(
      [(FilePath(copy.path), state, .alreadyThere(hash, PhotoFacts()))], run: run, work: work)
    _ = try store.forget(["/photos/a.jpg"])
    let picture = try #require(try store.picture(of: hash))
    #expect(try store.details(of: picture)?.captions.count == 1)
    #expect(try store.forget([FilePath(copy.path)]).count == 1)
    #expect(try store.details(of: picture) == nil)
  }

  @Test func failuresOpenAndClosed() throws {
    let run = try store.beginRun(.batch, request: "{}", work: work)
    for path in ["/x.jpg", "/photos/a.jpg"] {
      _ = try store.record(
        [(FilePath(path), nil, .failed(.noInput, reason: "gone"))], run: run, work: work)
    }
    #expect(try store.failures(closed: false).map(\.path) == ["/photos/a.jpg", "/x.jpg"])
    #expect(try store.forget(["/x.jpg"]) == ["/x.jpg"])
    #expect(try store.failures(closed: false).map(\.path) == ["/photos/a.jpg"])
    #expect(try store.failures(closed: true).count == 2)
  }

  @Test func statisticsOfWordsAndConfidence() throws {
    let statistics = try store.statistics(words: 2)
    #expect(statistics.pictures == 4)
    #expect(statistics.captionsByModel == [StoreStatistics.Count(name: "sample", count: 4)])
    #expect(statistics.confidence[5] == 4)
    #expect(statistics.confidence.reduce(0, +) == 4)
    #expect(statistics.meanWords == 3)
    #expect(
      statistics.frequentWords == [
        StoreStatistics.Count(name: "a", count: 4), StoreStatistics.Count(name: "dog", count: 2),
      ])
    #expect(statistics.captionsBySentiment == [])
    _ = try store.labelCaptions(by: sampleSentimentModel()) { $0.map(sentiment) }
    #expect(
      try store.statistics().captionsBySentiment == [
        StoreStatistics.Count(name: "positive", count: 4)
      ])
    #expect(try Store().statistics().meanWords == nil)
  }

  @Test func notesEnterPhotosThatAreNew() throws {
    let state = FileState(byteCount: 3, modifiedNanoseconds: 4)
    try store.note("My dog", about: samplePhoto("new"), at: "/new.jpg", state)
    #expect(try store.search(SearchQuery("origin:human"), limit: 9).map(\.path) == ["/new.jpg"])
    #expect(try store.removeNote("My dog", from: samplePicture("new", in: store)))
    #expect(try !store.removeNote("My dog", from: samplePicture("new", in: store)))
  }
}
