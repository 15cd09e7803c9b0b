import Foundation
import Sentiment
import TestSupport
import Testing
import Training

@Suite struct SentimentTrainCommandTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
    try write("texts.tsv", "sentence\tlabel\n" + Self.sentences(["good", "fine", "bad", "poor"]))
    try write("other.tsv", "sentence\tlabel\n" + Self.sentences(["good", "bad"]))
    try write(
      "neutral.txt",
      (0..<20).map { "the film has \(["one", "two", "three", "four"][$0 % 4]) parts\n" }.joined())
  }

  /// Sentences in which “not” turns the meaning round.
  private static func sentences(_ words: [String]) -> String {
    words.flatMap { word in
      ["the film is", "it was", "a cup of tea is", "we are", "this one is"].flatMap { start in
        let label = word == "good" || word == "fine" ? 1 : 0
        return ["\(start) \(word)\t\(label)\n", "\(start) not \(word)\t\(1 - label)\n"]
      }
    }.joined()
  }

  private func write(_ name: String, _ text: String) throws {
    try text.write(toFile: folder.path + "/" + name, atomically: true, encoding: .utf8)
  }

  private func path(_ name: String) -> String { folder.path + "/" + name }

  private func arguments(_ output: String, _ more: [String], steps: Int) -> [String] {
    [
      "sentiment", "train", path("texts.tsv"), "--validation", path("other.tsv"), "--output",
      path(output), "--steps", "\(steps)", "--rate", "1e-2", "--average", "0.9", "--batch", "16",
      "--validate-every", "40", "--threads", "1", "--word-dropout", "0",
    ] + more
  }

  private func train(
    _ output: String, _ more: [String] = [], steps: Int = 120
  ) throws -> CommandLineTool.Result {
    try caption.run(arguments(output, more, steps: steps))
  }

  private let small = ["--embedding", "12", "--hidden", "12", "--heads", "2"]

  private func label(_ text: String, _ model: String, _ arguments: [String] = []) throws -> String {
    let result = try caption.run(
      ["sentiment", "--no-store", "--model", path(model), text] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\t").first.map(String.init) ?? ""
  }

  @Test func `a model is trained, measured and used`() throws {
    let result = try train("model", small, steps: 200)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("accuracy on other.tsv\t100.00 %"))
    #expect(result.errors.contains("labels negative, positive"))
    #expect(try label("it was not bad", "model") == "positive")
    #expect(try label("the film is not good", "model") == "negative")
    let log = try String(contentsOfFile: path("model/log.ndjson"), encoding: .utf8)
    #expect(log.split(separator: "\n").count == 20 + 5)
  }

  @Test func `texts without a label are left out and counted`() throws {
    try write(
      "texts.tsv",
      "sentence\tlabel\n" + Self.sentences(["good", "bad"]) + "so so\t\nwell\t \nno cell\n")
    let result = try train("model", small, steps: 2)
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.errors.contains(
        "texts.tsv, line 22: there is no label; left out (2 such texts)\n"), "\(result.errors)")
    #expect(
      result.errors.contains("texts.tsv, line 24: it has 1 column where there should be 2; left"),
      "\(result.errors)")
  }

  @Test func `a file of one label is one of several, but not all`() throws {
    try write("ones.tsv", "it was superb\t1.0\nwe are glad\tTrue\nno idea\tNaN\n")
    let result = try train(
      "model", small + [path("ones.tsv"), "--validation", path("ones.tsv")], steps: 2)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("42 texts, labels negative, positive;"), "\(result.errors)")
    let alone = try caption.run(
      ["sentiment", "train", path("ones.tsv"), "--output", path("alone"), "--steps", "2"] + small)
    #expect(alone.status == 65)
    #expect(
      alone.errors.contains(
        "ones.tsv: cannot be trained on: all texts have the label “positive”: there is nothing to "
          + "tell apart\n"), "\(alone.errors)")
  }

  @Test func `a tenth of the texts is held back where there are none to measure by`() throws {
    let result = try caption.run(
      [
        "sentiment", "train", path("texts.tsv"), "--output", path("model"), "--steps", "2",
        "--threads", "1", "--batch", "16",
      ] + small)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("36 texts, labels negative, positive;"), "\(result.errors)")
    #expect(result.output.contains("accuracy on texts.tsv\t"))
  }

  @Test func `what is left out is told by its file, each kind for itself`() throws {
    try write(
      "rows.csv", "text,label\nfine, all in all,1\nso so\nbad, very bad,0\nwell\ngood,NaN\n")
    for (name, text) in [("neg/1", "a bad film"), ("pos/1", "go\u{0}od"), ("pos/2", "good")] {
      let file = URL(filePath: path("folder/\(name).txt"))
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let result = try train("model", small + [path("rows.csv"), path("folder")], steps: 2)
    #expect(result.status == 0, "\(result.errors)")
    for note in [
      "rows.csv, line 2: the text has separators; read as one text (2 such texts)",
      "rows.csv, line 3: it has 1 column where there should be 2; left out (2 such texts)",
      "rows.csv, line 6: there is no label; left out",
      "folder/pos/1.txt: line 1: it has a zero byte: this is no text; left out",
    ] {
      #expect(result.errors.contains(note + "\n"), "\(result.errors)")
    }
  }

  @Test func `a run that is killed goes on, to the same model`() throws {
    let whole = try train("whole", small, steps: 60)
    #expect(whole.status == 0, "\(whole.errors)")
    // Checkpoints decide nothing, so that the run may write one after each step.
    try caption.runAndKill(
      arguments("parts", small + ["--checkpoint-every", "1"], steps: 60),
      after: path("parts/checkpoint.safetensors"))
    let again = try train("parts", small, steps: 60)
    #expect(again.status == 65 && again.errors.contains("--resume"))
    let resumed = try train("parts", small + ["--resume"], steps: 60)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(
      try Data(contentsOf: URL(filePath: path("whole/model.safetensors")))
        == Data(contentsOf: URL(filePath: path("parts/model.safetensors"))))
    let other = try train("parts", small + ["--resume"], steps: 61)
    #expect(other.status == 65 && other.errors.contains("other options"))
  }

  @Test func `a library's call trains what the command trains`() throws {
    let result = try train("command", small, steps: 12)
    #expect(result.status == 0, "\(result.errors)")
    func source(_ name: String) throws -> ClassificationPlan.Source<ClassificationPlan.Text> {
      let lines = try String(contentsOfFile: path(name), encoding: .utf8).split(separator: "\n")
      return .init(
        path: path(name),
        texts: lines.dropFirst().map { line in
          let parts = line.split(separator: "\t")
          return .init(String(parts[0]), .label(parts[1] == "1" ? "positive" : "negative"))
        })
    }
    var options = ClassificationPlan.Options()
    (options.course.steps, options.course.rate, options.course.threads) = (12, 1e-2, 1)
    options.course.validationInterval = 40
    options.regularization.average = 0.9
    (options.wordDropout, options.batch) = (0, 16)
    (options.network.embedding, options.network.hidden, options.network.heads) = (12, 12, 2)
    try ClassificationPlan(
      sources: [source("texts.tsv")], validation: [source("other.tsv")], options: options
    ).train(into: path("library"))
    #expect(
      try Data(contentsOf: URL(filePath: path("command/model.safetensors")))
        == Data(contentsOf: URL(filePath: path("library/model.safetensors"))))
  }

  @Test func `a run goes on with its own texts and labels alone`() throws {
    func resume(_ more: [String] = []) throws -> CommandLineTool.Result {
      try train("model", small + ["--resume", "--quiet"] + more, steps: 2)
    }
    #expect(try resume().status == 0)
    #expect(try resume(["--checkpoint-every", "7", "--name", "other"]).status == 0)
    let texts = try String(contentsOfFile: path("texts.tsv"), encoding: .utf8)
    let changes = [("texts.tsv", "it was", "was it"), ("texts.tsv", "good\t1", "good\t0")]
    for (file, before, after) in changes + [("other.tsv", "bad\t0", "bad\t1")] {
      let text = try String(contentsOfFile: path(file), encoding: .utf8)
      try write(file, text.replacing(before, with: after))
      let other = try resume()
      #expect(other.status == 65, "\(file) \(after)")
      #expect(other.errors.contains("the run was begun with other options or data"))
      try write(file, text)
    }
    #expect(try String(contentsOfFile: path("texts.tsv"), encoding: .utf8) == texts)
    #expect(try resume().status == 0)
  }

  @Test func `pretraining goes on with its own texts alone`() throws {
    func pretrain() throws -> CommandLineTool.Result {
      try caption.run([
        "sentiment", "pretrain", path("texts.tsv"), "--output", path("language"), "--steps", "2",
        "--batch", "1", "--threads", "1", "--embedding", "12", "--hidden", "12", "--resume", "-q",
      ])
    }
    #expect(try pretrain().status == 0)
    #expect(try pretrain().status == 0)
    let texts = try String(contentsOfFile: path("texts.tsv"), encoding: .utf8)
    try write("texts.tsv", texts.replacing("it was", with: "was it"))
    let other = try pretrain()
    #expect(other.status == 65)
    #expect(other.errors.contains("the run was begun with other options or data"))
  }

  @Test func `a language model comes first, then a classifier, then more of it`() throws {
    let pretrained = try caption.run(
      [
        "sentiment", "pretrain", path("texts.tsv"), path("neutral.txt"), "--weigh", "2,1",
        "--output", path("language"), "--steps", "20", "--batch", "2", "--threads", "1",
        "--embedding", "12", "--hidden", "12",
      ])
    #expect(pretrained.status == 0, "\(pretrained.errors)")
    let first = try train("first", ["--from", path("language")], steps: 40)
    #expect(first.status == 0, "\(first.errors)")
    let second = try train(
      "second", ["--from", path("first"), "--neutral", path("neutral.txt"), "--mix", "16,8"])
    #expect(second.status == 0, "\(second.errors)")
    #expect(try label("it was not bad", "second") == "positive")
    #expect(try label("the film has two parts", "second", ["--threshold", "0.8"]) == "neutral")
    let wrong = try caption.run(["sentiment", "--model", path("language"), "good"])
    #expect(wrong.status == 65 && wrong.errors.contains("language-model"))
  }

  @Test func `word vectors are a beginning`() throws {
    try write("vectors.txt", "good 1 0 0\nbad 0 1 0\nnot 0 0 1\nzebra 1 1 1\n")
    let result = try train(
      "model", ["--vectors", path("vectors.txt"), "--hidden", "8"], steps: 10)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("3 of "))
    let config = try String(contentsOfFile: path("model/config.json"), encoding: .utf8)
    #expect(config.contains("\"embedding\" : 3"))
    let wrong = try train(
      "wrong", ["--vectors", path("vectors.txt"), "--embedding", "4"], steps: 10)
    #expect(wrong.status == 64 && wrong.errors.contains("vectors of 3 numbers"))
  }

  @Test func `a rate that follows validation needs some`() throws {
    let result = try caption.run([
      "sentiment", "pretrain", path("texts.tsv"), "--output", path("language-model"), "--steps",
      "5", "--batch", "1", "--schedule", "plateau",
    ])
    #expect(result.status == 64)
    #expect(result.errors.contains("there is nothing to validate with"))
  }

  @Test(arguments: [
    (["--steps", "0"], Int32(64), "--steps"),
    (["--epochs", "2"], 64, "--epochs does nothing with --steps."),
    (["--mix", "1,2"], 64, "--mix"),
    (["--from", "x", "--words", "100"], 64, "With --from, the sizes and words are that model's."),
    (["--pooling", "last", "--heads", "2"], 64, "--heads goes with --pooling attention."),
    (["--momentum", "0.9"], 64, "--momentum"),
    (
      ["--format", "folder", "--text-column", "x"], 64,
      "--text-column goes with --format tsv, csv or jsonl."
    ),
    (
      ["--format", "polarity", "--label-column", "x"], 64,
      "--label-column goes with --format tsv, csv or jsonl."
    ),
    (["--mix", "0"], 64, "mix"),
    (["--dropout", "1"], 64, "--dropout"),
    (["--layers", "3"], 64, "network.layers"),
    (["--from", "nothing"], 66, "nothing"),
    (["--vectors", "/nowhere"], 66, "/nowhere"),
    (["--text-column", "words"], 65, "words"),
  ])
  func `what cannot be is said in a sentence`(
    arguments: [String], status: Int32, reason: String
  ) throws {
    let result = try train("model", arguments, steps: 5)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(reason), "\(result.errors)")
  }
}
