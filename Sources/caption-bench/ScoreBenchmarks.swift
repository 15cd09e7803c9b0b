import Foundation
import Language
import Metrics
import Tensors

/// Scoring 40,000 captions against 200,000 references by BLEU, ROUGE-L and CIDEr-D, against the same
/// by pycocoevalcap: once of captions that are tokenised already, once with the tokenising.
func scoreBenchmarks(threads: Int) -> [Benchmark] {
  [true, false].map { isTokenised in
    let captions = ScoredCaptions(isTokenised: isTokenised)
    return Benchmark(
      name: "score/40,000 captions, \(isTokenised ? "tokenised" : "raw")/threads\(threads)",
      peerTask: PeerTask(
        peers: ["pycocoevalcap"], name: "score",
        parameters: ["captions": captions.path, "tokenised": isTokenised, "warm": false]),
      isLong: true
    ) {
      try captions.make()
      let (candidates, references) = try captions.read()
      var scores: CaptionScores?
      return Benchmark.Work(remark: {
        String(format: "CIDEr-D %.4f", scores?[.ciderD] ?? .nan)
      }) {
        let corpus =
          isTokenised
          ? try CaptionCorpus(candidates: candidates, references: references, threads: threads)
          : try CaptionCorpus(raw: candidates, references: references, threads: threads)
        scores = CaptionScores(
          corpus, metrics: [.bleu1, .bleu2, .bleu3, .bleu4, .rougeL, .ciderD], threads: threads)
      }
    }
  }
}

/// Captions and references in a file in the temporary folder, which peers read, too.
private struct ScoredCaptions {
  let isTokenised: Bool

  var path: String {
    FileManager.default.temporaryDirectory
      .appending(path: "caption-bench-score-\(isTokenised ? "tokenised" : "raw").json").path
  }

  private struct Contents: Codable {
    var candidates: [String] = []
    var references: [[String]] = []
  }

  /// Makes the file unless it is there.
  func make() throws {
    guard !FileManager.default.fileExists(atPath: path) else { return }
    var sentences = try SentenceMaker(seed: 5)
    var contents = Contents()
    for _ in 0..<40_000 {
      let scene = (0..<6).map { _ in sentences.word() }
      contents.candidates.append(caption(sentences.sentence(scene: scene)))
      contents.references.append(
        (0..<5).map { _ in caption(sentences.sentence(scene: scene)) })
    }
    try JSONEncoder().encode(contents).write(to: URL(filePath: path), options: .atomic)
  }

  func read() throws -> (candidates: [String], references: [[String]]) {
    let contents = try JSONDecoder().decode(
      Contents.self, from: Data(contentsOf: URL(filePath: path)))
    return (contents.candidates, contents.references)
  }

  private func caption(_ words: [String]) -> String {
    let text = Sentence(words: words).text
    return isTokenised ? PTBTokenizer().tokenize(text) : text
  }
}
