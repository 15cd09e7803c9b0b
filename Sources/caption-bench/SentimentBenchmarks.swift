import Foundation
import Language
import ModelFiles
import Sentiment
import Tensors

/// The sentiment of 25,000 reviews from text to probabilities, against the same model in PyTorch,
/// and of one sentence by a process of its own.
func sentimentBenchmarks(threads: Int) -> [Benchmark] {
  let reviews = Reviews(count: 25_000)
  return [
    Benchmark(
      name: "sentiment/\(reviews.count) reviews/threads\(threads)",
      peerTask: PeerTask(
        peers: ["pytorch"], name: "sentiment",
        parameters: [
          "texts": reviews.path, "threads": threads, "warm": false,
          "model": (try? ModelFolder.find(SentimentClassifier.defaultName).path) ?? "",
        ]), isLong: true
    ) {
      try reviews.make()
      var words = 0
      return Benchmark.Work(remark: { "\(words) words" }) {
        let classifier = try SentimentClassifier()
        let texts = try String(contentsOfFile: reviews.path, encoding: .utf8)
          .split(separator: "\n").map(String.init)
        words = texts.reduce(0) { $0 + $1.utf8.count { $0 == UInt8(ascii: " ") } + 1 }
        let results = classifier.classify(texts, threads: threads)
        guard results.allSatisfy({ (try? $0.get()) != nil }) else { throw BenchError.failed }
      }
    },
    Benchmark(name: "sentiment/one sentence, process and all/threads\(threads)") {
      Benchmark.Work {
        _ = try ChildProcess.run(
          ChildProcess.caption,
          [
            "sentiment", "--no-store", "--threads", "\(threads)", "Not terrible, it's great!",
          ])
      }
    },
  ]
}

private enum BenchError: Error {
  case failed
}

/// Reviews made of a model's words, as frequent as in English and as many as in the reviews of the
/// IMDB (some 230 on average), in a file in the temporary folder that peers read, too.
private struct Reviews {
  let count: Int

  var path: String {
    FileManager.default.temporaryDirectory
      .appending(path: "caption-bench-reviews-\(count).txt").path
  }

  /// Makes the file unless it is there.
  func make() throws {
    guard !FileManager.default.fileExists(atPath: path) else { return }
    let folder = try ModelFolder.find(SentimentClassifier.defaultName)
    let words = try WordList(path: folder.file("vocabulary.txt")).words.filter {
      $0.allSatisfy(\.isLetter)
    }
    var random = SeededRandom(seed: 11)
    // Zipf's law: the word of rank r is drawn in proportion to 1 / r.
    let logarithm = Float(log(Double(words.count)))
    func word() -> String { words[min(words.count, Int(exp(random.uniform() * logarithm))) - 1] }
    var text = ""
    for _ in 0..<count {
      // Mostly 60 to 600 words.
      let sentences = Int(3 * exp(2.2 * random.uniform())) + 1
      text +=
        (0..<sentences).map { _ in
          (0..<Int(6 + 28 * random.uniform())).map { _ in word() }.joined(separator: " ") + "."
        }.joined(separator: " ") + "\n"
    }
    try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
  }
}
