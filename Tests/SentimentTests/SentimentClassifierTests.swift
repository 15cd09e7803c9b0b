import Foundation
import Language
import ModelFiles
import NeuralNet
import Sentiment
import Tensors
import TestSupport
import Testing

@Suite struct SentimentClassifierTests {
  private let classifier: SentimentClassifier

  init() throws {
    classifier = try SentimentClassifier(
      ModelFolder(path: projectFolder.appending(path: "data/models/sentiment").path))
  }

  // Scripts/references/sentiment.py, bundled: logits by PyTorch from the bundled weights, of texts
  // that stand there cut into words, before temperature and doubt.
  @Test func `probabilities are PyTorch's`() throws {
    struct Golden: Decodable {
      let text: String
      let probabilities: [Double]
    }
    let data = try Data(contentsOf: reference("sentiment/bundled.json"))
    for golden in try JSONDecoder().decode([Golden].self, from: data) {
      let found = try classifier.classify(golden.text).probabilities
      for (a, b) in zip(found, golden.probabilities) {
        #expect(abs(a - b) < 1e-4, "\(golden.text)")
      }
    }
  }

  /// The suite's sentences are this project's own. The second half was written by another hand, and
  /// was not looked at while the model was trained.
  @Test(arguments: [("tuning", 0.9), ("held-back", 0.9)])
  func `negations, contrasts and degrees are understood`(half: String, bar: Double) throws {
    let lines = try String(contentsOf: reference("sentiment/suite.tsv"), encoding: .utf8)
      .split(separator: "\n").dropFirst().map { $0.split(separator: "\t") }
      .filter { $0[3] == half }
    let results = classifier.classify(lines.map { String($0[0]) }, threads: 2)
    let right = zip(lines, results).count { line, result in
      (try? result.get().label) == (line[1] == "1" ? "positive" : "negative")
    }
    #expect(lines.count == (half == "tuning" ? 200 : 100))
    #expect(Double(right) >= bar * Double(lines.count), "\(right) of \(lines.count)")
  }

  /// 160 sentences of ten kinds, by another hand; the second half was not looked at while the model was
  /// trained. VADER 3.3.2 and TextBlob 0.20.1 get 39 and 32 of these 80 right, what lies between −0.05
  /// and 0.05 being neutral.
  @Test(arguments: [("tuning", 56), ("held", 56)])
  func `people's sentences are understood`(half: String, bar: Int) throws {
    let lines = try String(contentsOf: reference("sentiment/people.tsv"), encoding: .utf8)
      .split(separator: "\n").dropFirst().map { $0.split(separator: "\t") }
      .filter { $0[3] == half }
    let results = classifier.classify(lines.map { String($0[0]) }, neutralBelow: 0.6, threads: 2)
    let right = zip(lines, results).count { line, result in
      let label = ["0": "negative", "1": "positive"][line[1]] ?? String(line[1])
      return (try? result.get().label) == label
    }
    #expect(lines.count == 80)
    #expect(right >= bar, "\(right) of 80")
  }

  @Test(arguments: [
    ("Could be better", "negative"), ("Yeah right, great service... waited two hours.", "negative"),
    ("It arrived on Tuesday.", "neutral"), ("👍", "positive"), ("👎", "negative"),
    ("My phone :)", "positive"), ("My phone :(", "negative"), ("it arrived today ❤️", "positive"),
    ("I didnt like it", "negative"), ("I wasn&#39;t impressed", "negative"),
    ("it wasn\u{2BC}t bad", "positive"), ("I can&rsquo;t recommend it.", "negative"),
    ("2/10", "negative"), ("9/10", "positive"),
  ])
  func `what people write is understood`(text: String, label: String) throws {
    #expect(try classifier.classify(text, neutralBelow: 0.6).label == label)
  }

  @Test(arguments: [
    "wasn't", "wasn&#39;t", "wasn&#x27;t", "wasn&#8217;t", "wasn&apos;t", "wasn&rsquo;t", "wasnt",
    "wasn\u{2019}t", "wasn\u{2BC}t", "was'nt", "wasn t", "wasn?t",
  ])
  func `a negation is read alike however its apostrophe is written`(word: String) throws {
    for (text, plain) in [
      ("It \(word) good.", "It wasn't good."), ("It \(word) bad at all.", "It wasn't bad at all."),
    ] {
      #expect(
        try classifier.classify(text).probabilities == classifier.classify(plain).probabilities)
    }
  }

  @Test func `many texts get what each gets alone`() throws {
    let sentences = ["A wonderful film.", "", "Dull, slow and far too long!", "😀 😀", "Ok"]
    let texts =
      sentences + [String](repeating: "I did not like it at all. ", count: 200) + [
        String(repeating: "It was good, not great, but good. ", count: 300)
      ]
    let together = classifier.classify(texts, threads: 3)
    for (text, result) in zip(texts, together) {
      guard case .success(let sentiment) = result else {
        #expect(result == .failure(.empty))
        #expect(text.isEmpty)
        continue
      }
      let alone = try classifier.classify(text)
      #expect(alone.label == sentiment.label)
      #expect(zip(alone.probabilities, sentiment.probabilities).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test(arguments: [
    "not terrible, it's great", "soooo goood", "Despite the rain I loved it.<br /><br />Do go!",
  ])
  func `words' contributions add up to the answer`(text: String) throws {
    let (sentiment, words) = try classifier.explain(text)
    let sum = words.reduce(0) { $0 + $1.logOdds[1] }
    let p = sentiment.probabilities
    #expect(abs(sum - log(p[1] / p[0])) < 1e-3)
    let bytes = Array(text.utf8)
    for word in words {
      #expect(!String(decoding: bytes[word.bytes], as: UTF8.self).isEmpty)
    }
  }

  @Test func `what cannot be read makes the model doubt`() throws {
    for text in ["🦖🦖🦖", "映画はとても素晴らしかったです", "Фильм был просто ужасен", "1234567 §§ ££"] {
      let sentiment = try classifier.classify(text, neutralBelow: 0.6)
      #expect(sentiment.probability < 0.75, "\(text): \(sentiment)")
    }
    #expect(try classifier.classify("🪑").label == Sentiment.neutral)
    let sure = try classifier.classify("A wonderful film.")
    let doubtful = try classifier.classify("A wonderful film. 映画 素晴 大好き 最高 です")
    #expect(doubtful.probability < sure.probability)
  }

  @Test func `texts that say nothing either way are neutral`() throws {
    let texts = [
      "A man in a blue shirt stands next to a bus.", "The museum is closed on Mondays.",
      "The table",
      "Where is the station?", "Two dogs run across a field.", "She plays a nurse.",
    ]
    for text in texts {
      #expect(
        try classifier.classify(text, neutralBelow: 0.75).label == Sentiment.neutral, "\(text)")
    }
  }

  @Test func `no text, too much and what is no text are refused`() {
    #expect(throws: SentimentError.empty) { try classifier.classify(" \n\t ") }
    #expect(throws: SentimentError.binary) { try classifier.classify("a\0b") }
    let long = String(repeating: "good ", count: SentimentClassifier.longestText / 5 + 1)
    #expect(
      throws: SentimentError.tooLong(
        bytes: long.utf8.count, limit: SentimentClassifier.longestText)
    ) { try classifier.classify(long) }
  }

  @Test(arguments: [
    (#""labels" : ["#, #""labels" : ["negative", "#, "labels"),
    (#""hidden" : 256"#, #""hidden" : 0"#, "network.hidden"),
    (#""hidden" : 256"#, #""hidden" : 255"#, "lstm.0.forward.weight_ih"),
    (#""kind" : "sentiment""#, #""kind" : "captioner""#, "captioner"),
    (#""vocabulary" : "vocabulary.txt""#, #""vocabulary" : "../x""#, "../x"),
  ])
  func `a model that makes no sense is explained`(
    text: String, replacement: String, reason: String
  ) throws {
    let source = projectFolder.appending(path: "data/models/sentiment").path
    let folder = try TemporaryFolder()
    let json = try String(contentsOfFile: source + "/config.json", encoding: .utf8)
    let changed = json.replacingOccurrences(of: text, with: replacement)
    #expect(changed != json)
    try changed.write(toFile: folder.path + "/config.json", atomically: true, encoding: .utf8)
    for name in ["vocabulary.txt", "model.safetensors"] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.path)/\(name)", withDestinationPath: "\(source)/\(name)")
    }
    let error = try #require(throws: (any Error).self) {
      try SentimentClassifier(ModelFolder(path: folder.path))
    }
    #expect("\(error)".contains(reason), "\(error)")
  }

  /// A sentence of 64 words, which is a window of its own.
  private func window(_ words: [String]) -> String {
    (0..<63).map { words[$0 % words.count] }.joined(separator: " ") + ". "
  }

  private static let poolings = [StatePooling.attention, .last]

  /// A classifier of random weights.
  private func random(_ pooling: StatePooling) throws -> SentimentClassifier {
    var network = TextNetworkConfiguration()
    (network.embedding, network.hidden, network.heads, network.buckets) = (4, 4, 2, 16)
    network.pooling = pooling
    let words = ["<p>", ".", "good", "bad", "film", "dull", "great"]
    var random = SeededRandom(seed: 3)
    return SentimentClassifier(
      SentimentConfiguration(
        name: "random", labels: ["a", "b", "c"], temperature: 1, network: network,
        vocabulary: "words.txt"),
      WordReader(words: try WordList(words: words, path: "words.txt"), buckets: network.buckets),
      TextNetwork(
        encoder: TextEncoder(network, words: words.count, random: &random), network, classes: 3,
        random: &random))
  }

  @Test(arguments: poolings)
  func `a text of repeated windows is read as those windows once`(pooling: StatePooling) throws {
    let classifier = try random(pooling)
    let few = window(["good", "film", "zounds"]) + window(["dull", "bad"]) + window(["great"])
    // 19,200 words, more than are read at once.
    let many = String(repeating: few, count: 100)
    let once = try classifier.classify(few).probabilities
    let often = try classifier.classify(many).probabilities
    #expect(zip(once, often).allSatisfy { abs($0 - $1) < 1e-5 }, "\(once) and \(often)")
    #expect(once.max() != once.min())
  }

  @Test(arguments: poolings)
  func `a long text is read block by block as it is at once`(pooling: StatePooling) throws {
    let classifier = try random(pooling)
    let known = ["good", "bad", "film", "dull", "great", "zounds"]
    var draw = SeededRandom(seed: 5)
    let windows = (0..<240).map { _ in
      window((0..<63).map { _ in known[Int(draw.next() % UInt64(known.count))] })
    }
    let text = windows.joined()
    let (sentiment, words) = try classifier.explain(text)
    #expect(words.count == 240 * 64)
    let halves = try [windows.prefix(120), windows.suffix(120)].map {
      try classifier.classify($0.joined()).probabilities.map { log($0) }
    }
    guard pooling == .last else {
      // Contributions are shares of the answer.
      for label in 0..<3 {
        let sum = words.reduce(0) { $0 + $1.logOdds[label] }
        let mean = sentiment.probabilities.reduce(0) { $0 + log($1) } / 3
        #expect(abs(sum - (log(sentiment.probabilities[label]) - mean)) < 1e-3)
      }
      return
    }
    // The mean of the windows' logits.
    for (first, second) in [(0, 1), (1, 2)] {
      let odds = log(sentiment.probabilities[first]) - log(sentiment.probabilities[second])
      let expected = halves.reduce(0) { $0 + ($1[first] - $1[second]) / 2 }
      #expect(abs(odds - expected) < 1e-4)
    }
  }

  @Test func `what a word tells of two windows is half of what it tells of its own`() throws {
    let classifier = try random(.last)
    // As many unknown words in both, which make the model doubt.
    let (first, second) = (window(["good", "zounds", "film"]), window(["dull", "bad", "hark"]))
    let alone = try classifier.explain(second).words
    let both = try classifier.explain(first + second).words
    #expect(both.count == 128)
    for (a, b) in zip(alone, both.dropFirst(64)) {
      #expect(b.bytes.lowerBound == a.bytes.lowerBound + first.utf8.count)
      #expect(zip(a.logOdds, b.logOdds).allSatisfy { abs($0 / 2 - $1) < 1e-6 })
    }
    #expect(alone.contains { abs($0.logOdds[0]) > 1e-4 })
  }

  @Test func `more words than are read in a while are refused`() throws {
    let classifier = try random(.last)
    let text = String(repeating: "(", count: SentimentClassifier.mostWords + 1)
    let error = SentimentError.tooManyWords(
      words: SentimentClassifier.mostWords + 1, limit: SentimentClassifier.mostWords)
    #expect(throws: error) { try classifier.classify(text) }
    #expect("\(error)" == "the text has 1048577 words, at most 1048576 are read")
    // Without attention, each word of an explanation is as much work as a window.
    let long = String(repeating: "good. ", count: 8_193)
    _ = try classifier.classify(long)
    #expect(throws: SentimentError.tooManyWords(words: 16_386, limit: 16_384)) {
      try classifier.explain(long)
    }
  }

  // The votes overflow themselves, or are finite and overflow where they are summed.
  @Test(arguments: ["weight", "bias"])
  func `weights that overflow are an error with their name`(parameter: String) throws {
    let bundled = projectFolder.appending(path: "data/models/sentiment").path
    let folder = try TemporaryFolder()
    let weights = try SafetensorsFile(path: bundled + "/model.safetensors")
    var tensors: [String: Tensor] = [:]
    for name in weights.entries.keys { tensors[name] = try weights.tensor(name) }
    let name = "head.attention.vote.\(parameter)"
    tensors[name] = try Tensor(repeating: 3e38, #require(tensors[name]).shape)
    try writeSafetensors(tensors, to: folder.path + "/model.safetensors")
    for file in ["config.json", "vocabulary.txt"] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/" + file, withDestinationPath: bundled + "/" + file)
    }
    let classifier = try SentimentClassifier(ModelFolder(path: folder.path))
    let error = SentimentError.notFinite(weights: folder.path + "/model.safetensors")
    #expect(throws: error) { try classifier.classify("A good film") }
    #expect(throws: error) { try classifier.explain("A good film") }
    #expect(classifier.classify(["A good film"]) == [.failure(error)])
    #expect(
      "\(error)"
        == "\(folder.path)/model.safetensors: what is computed with these weights is not finite")
  }
}
