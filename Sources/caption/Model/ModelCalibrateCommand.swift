import ArgumentParser
import CaptionTraining
import Captioning
import Evaluation
import Foundation
import Metrics
import ModelFiles
import Store
import Training

/// `caption model calibrate`: makes a model's confidence the chance that a caption is right.
struct ModelCalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Make a model's confidence the chance that a caption is right.",
    discussion: """
      The photos are captioned, scored and the runs kept as by “caption evaluate”; each dataset's \
      CIDEr-D has the document frequencies of that dataset. A caption is right where its CIDEr-D \
      is at least --threshold. A logistic regression over the caption's log probability a token, \
      its least likely word and its length is fitted to that and written into the model's \
      config.json. The photos must not be those that the model learned from, and be like those \
      that it is for. Sampled captions and those of other search options get their confidence by \
      the same formula, which may hold less well for them.

      It prints, by tenths, how many captions got a confidence, its mean and the share that was \
      right; then calibration error, Brier score and area under the ROC curve, of the calibrated \
      confidence and of the geometric mean of the words' probabilities. Each caption's calibrated \
      confidence comes from a fit to other photos (ten folds).

      To the store a model with another config.json is another model: captions keep the \
      confidence that they have, and the next “caption batch” makes new ones.

      EXAMPLES:
        caption model calibrate ./mine --dataset flickr8k
        caption model calibrate ./mine --dataset flickr8k --dataset coco --split val
        caption model calibrate ./mine --dataset flickr8k --threshold 0.7 --json
        caption search 'confidence<0.3'
      """)

  @Argument(
    help: ArgumentHelp("The model's name or the path of its folder.", valueName: "name|path"))
  var model: String

  @Option(
    help: ArgumentHelp(
      "A dataset (see “caption dataset list”); once for each of several.", valueName: "name"))
  var dataset: [String]

  @Option(help: "Which of their splits.")
  var split = "val"

  @Option(help: "The least CIDEr-D of a caption that is right.", transform: decimalNumber)
  var threshold = 0.5

  @OptionGroup var execution: ThreadOptions
  @OptionGroup var evaluation: EvaluationOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard threshold > 0, threshold <= 10 else {
      throw ValidationError("--threshold takes a number above 0 and at most 10, not \(threshold).")
    }
    guard Set(dataset).count == dataset.count else {
      throw ValidationError("--dataset takes each dataset once.")
    }
  }

  func run() throws {
    let bundle = try ModelBundle.find(model)
    let lock = try ModelLock.take(bundle.folder)
    defer { withExtendedLifetime(lock) {} }
    let fit = try evaluation.storeOptions.with(.write) { store in
      let counts = try dataset.map { try store.datasetItems(of: $0, split: split).count }
      try ConfidenceFit.check(count: counts.reduce(0, +))
      let evaluator = try DatasetEvaluator(
        bundle, options: bundle.configuration.decoding, store: store, evaluation: evaluation,
        threads: execution.threads)
      let samples = try dataset.flatMap {
        try Self.samples(evaluator.evaluate(dataset: $0, split: split))
      }
      return try ConfidenceFit(
        samples, threshold: threshold, data: dataset.map { "\($0)-\(split)" })
    }
    let folder = ModelFolder(path: bundle.folder)
    try ResultFile.rewrite(
      folder.configuration(replacing: "confidence", with: fit.calibration),
      at: folder.configurationPath)
    try print(fit)
    if !evaluation.progress.quiet { note("wrote the calibration into \(folder.configurationPath)") }
  }

  private static func samples(_ outcome: DatasetEvaluator.Outcome) -> [ConfidenceFit.Sample] {
    let scores = outcome.scored.scores.perImage(.ciderD) ?? []
    return outcome.captions.indices.map { index in
      let caption = outcome.captions[index]
      return ConfidenceFit.Sample(
        name: outcome.scored.items[index].name,
        likelihood: CaptionLikelihood(
          words: caption.words.map(\.logProbability), sentence: caption.logProbability),
        score: scores[index])
    }
  }

  private func print(_ fit: ConfidenceFit) throws {
    guard !json else { return try printLine(jsonLine(Record(fit))) }
    try printTable(
      columns: ["confidence", "captions", "predicted", "right"],
      rows: fit.calibrated.bins.map { bin in
        [
          String(format: "%.1f–%.1f", bin.lower, bin.upper), "\(bin.count)",
          String(format: "%.3f", bin.predicted), String(format: "%.3f", bin.right),
        ]
      })
    try printLine("")
    let measures: [(String, KeyPath<Reliability, Double>)] = [
      ("expected calibration error", \.calibrationError), ("Brier score", \.brierScore),
      ("area under the ROC curve", \.discrimination),
    ]
    try printTable(
      columns: ["measure", "calibrated", "uncalibrated"],
      rows: measures.map { name, path in
        [name]
          + [fit.calibrated, fit.uncalibrated].map { String(format: "%.4f", $0[keyPath: path]) }
      })
  }

  private struct Record: Encodable {
    let calibration: ConfidenceCalibration
    let calibrated: Reliability
    let uncalibrated: Reliability

    init(_ fit: ConfidenceFit) {
      calibration = fit.calibration
      calibrated = fit.calibrated
      uncalibrated = fit.uncalibrated
    }
  }
}

extension ConfidenceCalibration {
  /// “the chance of a CIDEr-D of at least 0.5, by 1000 captions of flickr8k-val”
  var summary: String {
    "the chance of a \(measure) of at least \(threshold), by \(captions) captions of "
      + data.joined(separator: ", ")
  }
}
