import Files
import GRDB
import Store
import SystemPackage
import Testing

struct StoreSimilarTests {
  private let store: Store
  private let work: Work
  private let model = sampleModel()

  init() throws {
    store = try Store()
    work = try store.work(model, options: "{}")
  }

  private func enter(_ path: FilePath, _ embedding: [Float], work: Work? = nil) throws {
    let work = work ?? self.work
    let run = try store.beginRun(.batch, request: "{}", work: work)
    _ = try store.record(
      [
        (
          path, FileState(byteCount: 10, modifiedNanoseconds: 20),
          .captioned(
            samplePhoto(path.string), sampleCaption("A tree."), embedding: embedding)
        )
      ], run: run, work: work)
  }

  @Test func theNearestComeFirst() throws {
    try enter("/far.jpg", [0, 1, 0])
    try enter("/same.jpg", [4, 0, 0])
    try enter("/near.jpg", [3, 4, 0])
    try enter("/against.jpg", [-1, 0, 0])
    let found = try store.similar(to: [2, 0, 0], model: model.contentHash, limit: 10)
    #expect(
      found.map(\.photo.path.string) == ["/same.jpg", "/near.jpg", "/far.jpg", "/against.jpg"])
    // Half precision: 11 bits.
    for (photo, cosine) in zip(found, [1, 0.6, 0, -1]) {
      #expect(abs(photo.cosine - cosine) < 1e-3)
    }
    let one = try store.similar(to: [0, 2, 0], model: model.contentHash, limit: 1)
    #expect(one.map(\.photo.path.string) == ["/far.jpg"])
  }

  @Test func manyAreSortedAsFewAre() throws {
    for index in 0..<500 {
      let angle = Float((index * 37) % 500) / 500
      try enter(FilePath("/\((index * 37) % 500).jpg"), [1, angle])
    }
    let found = try store.similar(to: [1, 0], model: model.contentHash, limit: 30)
    #expect(found.map(\.cosine) == found.map(\.cosine).sorted(by: >))
    #expect(found.first?.photo.path == "/0.jpg")
    #expect(found.count == 30)
  }

  @Test func picturesWithoutAFileAndOtherModelsDoNotShow() throws {
    let other = try store.work(sampleModel("other"), options: "{}")
    for index in 0..<40 { try enter(FilePath("/\(index).jpg"), [1, Float(index) / 100]) }
    try enter("/other.jpg", [1, 0], work: other)
    try store.write { try $0.execute(sql: "DELETE FROM files WHERE image_id <= 35") }
    let found = try store.similar(to: [1, 0], model: model.contentHash, limit: 3)
    #expect(found.map(\.photo.path.string) == ["/35.jpg", "/36.jpg", "/37.jpg"])
    #expect(found.allSatisfy { $0.photo.caption == "A tree." })
    #expect(try store.similar(to: [1, 0, 0], model: model.contentHash, limit: 3).isEmpty)
    #expect(try store.similar(to: [0, 0], model: model.contentHash, limit: 3).isEmpty)
    #expect(try store.similar(to: [1, 0], model: ContentHash(of: [9]), limit: 3).isEmpty)
  }

  @Test func anEmbeddingIsReadBack() throws {
    try enter("/a.jpg", [0, 3, 4])
    let picture = try samplePicture("/a.jpg", in: store)
    let embedding = try #require(try store.embedding(of: picture, model: model.contentHash))
    for (value, wanted) in zip(embedding, [0, 0.6, 0.8] as [Float]) {
      #expect(abs(value - wanted) < 1e-3)
    }
    #expect(embedding.count == 3)
    #expect(try store.embedding(of: picture, model: ContentHash(of: [9])) == nil)
  }
}
