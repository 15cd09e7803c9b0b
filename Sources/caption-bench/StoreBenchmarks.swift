import Files
import Foundation
import GRDB
import Store
import SystemPackage
import Tensors

/// A search for two words that are both common, as a user waits for it.
func searchBenchmark() -> Benchmark {
  Benchmark(name: "store/search two words, 1,000,000 captions") {
    try search("dog beach")
  }
}

/// The latest photos of a label that one caption in a hundred has.
func sentimentSearchBenchmark() -> Benchmark {
  Benchmark(name: "store/search a sentiment, 1,000,000 captions") {
    try search("sentiment:negative")
  }
}

/// The same, of those with a word that is common.
func sentimentWordSearchBenchmark() -> Benchmark {
  Benchmark(name: "store/search a sentiment and a word, 1,000,000 captions") {
    try search("dog sentiment:negative")
  }
}

/// A search for twenty photos.
private func search(_ text: String) throws -> Benchmark.Work {
  let store = try benchStore("labelled-1000000") {
    try fill($0, captions: 1_000_000)
    try label($0)
  }
  let query = try SearchQuery(text)
  let found = try store.search(query, limit: nil).count
  return Benchmark.Work(
    remark: { "\(found) found" },
    run: {
      guard try store.search(query, limit: 20).count == 20 else { throw StoreBenchError.notFound }
    })
}

/// The twenty photos nearest to one, by a model whose embeddings have 256 numbers.
func similarBenchmark() -> Benchmark {
  Benchmark(name: "store/similar, 100,000 embeddings of 256") {
    let store = try benchStore("embeddings-100000") {
      try fill($0, captions: 100_000, embedding: 256)
    }
    let wanted = randomVector(256, seed: 7)
    return Benchmark.Work {
      guard try store.similar(to: wanted, model: benchModel.contentHash, limit: 20).count == 20
      else { throw StoreBenchError.notFound }
    }
  }
}

private enum StoreBenchError: Error { case notFound }

private let benchModel = ModelIdentity(
  name: "bench", contentHash: ContentHash(of: [1]), configuration: "{}")

/// A store in the temporary folder, filled when it is needed for the first time.
private func benchStore(_ name: String, _ fill: (Store) throws -> Void) throws -> Store {
  let folder = FilePath(FileManager.default.temporaryDirectory.path)
  let path = folder.appending("caption-bench-\(name).sqlite")
  if !FileManager.default.fileExists(atPath: path.string) {
    let unfinished = folder.appending("caption-bench-\(name)-\(getpid()).sqlite")
    let store = try Store(path: unfinished, for: .create)
    try fill(store)
    try store.close()
    try FileManager.default.moveItem(atPath: unfinished.string, toPath: path.string)
  }
  return try Store(path: path, for: .read)
}

/// Enters photos with one caption each, all in one transaction.
///
/// - Parameter embedding: how many numbers a photo's embedding has; none where it is zero.
private func fill(_ store: Store, captions count: Int, embedding: Int = 0) throws {
  var sentences = try SentenceMaker(seed: 3)
  let work = try store.work(benchModel, options: "{}")
  let run = try store.beginRun(.batch, request: "{}", work: work)
  try store.write { database in
    // The whole transaction, or else pages are written again and again.
    try database.execute(sql: "PRAGMA cache_size = -2000000")
    let image = try database.makeStatement(
      sql: """
        INSERT INTO images
          (id, content_hash, byte_count, format, width, height, captured_at, added_at)
        VALUES (?1, CAST(printf('%032d', ?1) AS BLOB), 4000000, 'JPEG', 4000, 3000,
          strftime('%Y-%m-%dT%H:%M:%S', 1500000000 + 97 * ?1, 'unixepoch'),
          '2026-01-31T09:30:00.000Z')
        """)
    let file = try database.makeStatement(
      sql: """
        INSERT INTO files (path, image_id, byte_count, modified_nanoseconds, seen_at)
        VALUES (CAST(printf('/photos/%04d/%07d.jpg', ?1 / 1000, ?1) AS BLOB), ?1, 4000000, 1,
          '2026-01-31T09:30:00.000Z')
        """)
    let caption = try database.makeStatement(
      sql: """
        INSERT INTO captions (id, image_id, origin, text, created_at, run_id, model_id, decoding_id,
          log_probability, confidence, words, alternatives)
        SELECT ?1, ?1, 'machine', ?2, '2026-01-31T09:30:00.000Z', ?3, models.id, decodings.id, -5,
          ?4, ?5, '[]'
        FROM models, decodings
        """)
    let vector = try database.makeStatement(
      sql: "INSERT INTO embeddings SELECT id, ?1, ?2 FROM models")
    for id in 1...count {
      let words = sentences.sentence()
      try image.execute(arguments: [id])
      try file.execute(arguments: [id])
      let details = words.map { #"{"log_probability":-0.53821,"word":"\#($0)"}"# }
      try caption.execute(arguments: [
        id, words.joined(separator: " ") + ".", run, Double(id % 997) / 997,
        "[\(details.joined(separator: ","))]",
      ])
      if embedding > 0 {
        let values = randomVector(embedding, seed: UInt64(id))
        try vector.execute(arguments: [id, Data(HalfVector.bytes(of: values))])
      }
    }
  }
  try store.endRun(run, .finished)
}

/// Labels all captions at random, one in a hundred as negative.
private func label(_ store: Store) throws {
  let model = SentimentModel(
    name: "bench", contentHash: ContentHash(of: [2]), labels: ["negative", "positive"])
  var random = SeededRandom(seed: 5)
  _ = try store.labelCaptions(by: model, batch: 10_000) { texts in
    texts.map { _ in
      let label = random.uniform() < 0.01 ? "negative" : "positive"
      return SentimentLabel(label: label, probability: 0.75, probabilities: [label: 0.75])
    }
  }
}

/// Of length 1.
private func randomVector(_ count: Int, seed: UInt64) -> [Float] {
  var random = SeededRandom(seed: seed)
  let values = (0..<count).map { _ in random.uniform() * 2 - 1 }
  let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  return values.map { $0 / length }
}
