import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Language
import Metrics
import SystemPackage

/// `caption score`: how good captions are, by the metrics of the field.
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score captions against people’s captions, as the COCO evaluation does.",
    discussion: """
      Both files are in COCO’s format: references as in captions_val2014.json, results as a list of \
      {"image_id": 42, "caption": "…"}. Only the images of the results count. Identifiers are integers \
      or, in both files, strings; as for pycocotools, 42 and 42.0 are one and "42" is another. \
      References that VizWiz marks as precanned or rejected do not count, as in its own evaluation.

      BLEU, ROUGE-L and CIDEr-D are those of pycocoevalcap 1.2 to the last bit, its tokenizer \
      included. METEOR-exact-stem has METEOR’s formula but knows neither synonyms nor paraphrases; \
      METEOR itself is added where METEOR_JAR in the environment names the METEOR 1.5 archive \
      (meteor-1.5.jar, with its data beside it), which needs Java.

      Scores are printed times 100, as papers have them; in JSON they are fractions, as \
      pycocoevalcap prints them.

      EXAMPLES:
        caption score --references captions_val2014.json --results captions.json
        caption score --references refs.json --results captions.json --json | jq .scores
        caption score --references refs.json --results captions.json --explain 42
      """)

  @Option(
    help: ArgumentHelp("The file of people’s captions, in COCO’s format.", valueName: "file"),
    completion: .file())
  var references: String

  @Option(
    help: ArgumentHelp("The file of captions to score, in COCO’s format.", valueName: "file"),
    completion: .file())
  var results: String

  @Option(
    help: ArgumentHelp(
      "People’s captions that a model was trained on, in COCO’s format, to tell which are new.",
      valueName: "file"),
    completion: .file())
  var training: String?

  @Flag(help: "Print a row for each image.")
  var perImage = false

  @Option(
    help: ArgumentHelp(
      "Print what an image’s scores are made of and what cost points.",
      valueName: "number|file name"))
  var explain: String?

  @Option(
    help: ArgumentHelp("How long METEOR may take (default: 600).", valueName: "seconds"))
  var meteorLimit: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (1...1_000_000).contains(meteorLimit ?? 1) else {
      throw ValidationError("--meteor-limit takes seconds, up to a million.")
    }
    guard json || !perImage || explain == nil else {
      throw ValidationError("--per-image and --explain go together with --json only.")
    }
    let isPart = !json && (perImage || explain != nil)
    try excludes(["--training": training], with: "--per-image or --explain without --json", isPart)
    let jar = MeteorJar(environment: ProcessInfo.processInfo.environment, timeLimit: 1)
    try requires(
      ["--meteor-limit": meteorLimit], with: "METEOR_JAR in the environment", jar != nil)
  }

  func run() throws {
    let threads = ProcessInfo.processInfo.activeProcessorCount
    let input = try ScoreInput(
      references: FilePath(argument: references), results: FilePath(argument: results))
    let explained = try explain.map { name in
      guard let index = input.index(of: name) else {
        guard !input.isUnscored(name) else {
          throw ValidationError(
            "The image “\(name)” is not scored: all its references are precanned or rejected.")
        }
        throw ValidationError("The results have no image “\(name)”.")
      }
      return index
    }
    for sentence in input.notes { note(sentence) }
    let broken = input.brokenCaptions
    if broken > 0 {
      note(
        counted(broken, "caption") + (broken == 1 ? " has" : " have")
          + " line ends inside, which are read as spaces")
    }
    let corpus = try input.corpus(threads: threads)
    var scores = CaptionScores(corpus, threads: threads)
    if let meteor = MeteorJar(
      environment: ProcessInfo.processInfo.environment, timeLimit: Double(meteorLimit ?? 600))
    {
      scores = CaptionScores(scores.families + [try meteor.scores(of: corpus)])
    }
    let explanation = explained.map { ScoreExplanation(corpus, image: $0) }
    let notes = ScoringProtocol(corpus, metrics: scores.metrics)
    if json {
      let report = ScoreReport(
        scoringProtocol: notes, notes: input.notes.isEmpty ? nil : input.notes,
        scores: scores.byName,
        diversity: try diversity(corpus, threads),
        images: perImage ? scoredImages(input, scores) : nil, explanation: explanation)
      try printLine(jsonLine(report))
    } else if perImage {
      // The rows are for other programs, too, which do not expect a sentence among them.
      note(notes.sentence)
      if let sentence = notes.note { note(sentence) }
      try printImages(scoredImages(input, scores), scores.metrics)
    } else if let explained, let explanation {
      try printRows([("image", title(of: input.images[explained]))] + explanation.rows)
      try printRows(notes.rows)
    } else {
      try printRows(
        scores.metrics.map { ($0.rawValue, ScoreText.hundredths(scores[$0] ?? .nan)) }
          + diversityRows(corpus, threads) + notes.rows)
    }
  }

  private func diversity(_ corpus: CaptionCorpus, _ threads: Int) throws -> Diversity {
    let captions = try training.map { path in
      PTBTokenizer().tokens(
        of: try COCOCaptions(path: FilePath(argument: path)).annotations
          .filter { $0.mark == nil }.map(\.caption),
        threads: threads)
    }
    return Diversity(corpus, training: captions)
  }

  private func diversityRows(_ corpus: CaptionCorpus, _ threads: Int) throws -> [(String, String)] {
    let named = try diversity(corpus, threads).named
    return Diversity.names.compactMap { name in
      named[name].map { (name, ScoreText.text($0, of: name)) }
    }
  }

  private func scoredImages(_ input: ScoreInput, _ scores: CaptionScores) -> [ScoredImage] {
    input.images.enumerated().map { ScoredImage($1, index: $0, scores) }
  }

  private func title(of image: ScoreInput.Image) -> String {
    "\(image.id)" + (image.fileName.map { " (\($0))" } ?? "")
  }

  private func printImages(_ images: [ScoredImage], _ metrics: [Metric]) throws {
    let shown = metrics.filter { ![.bleu1, .bleu2, .bleu3].contains($0) }
    try printTable(
      columns: ["image", "file"] + shown.map(\.rawValue) + ["caption"],
      rows: images.map { image in
        ["\(image.id)", image.fileName ?? ""]
          + shown.map { ScoreText.hundredths(image.scores[$0.rawValue] ?? .nan) } + [image.caption]
      })
  }
}
