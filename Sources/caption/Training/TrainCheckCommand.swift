import ArgumentParser
import CaptionTraining
import Captioning
import Foundation
import Language

/// `caption train check`: whether a captioner can learn at all, seen on a few photos.
struct TrainCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "See within a minute whether a captioner can learn at all.",
    discussion: """
      A few photos of the training split are drawn, with a caption each, and learnt by heart: \
      without dropout, label smoothing, weight decay and changed photos, at a constant learning \
      rate. A set-up that gives the captions back word for word has data, encoder, decoder and \
      learning rate in order; one that does not would not learn from the whole dataset either, and \
      what was seen tells where to look. Nothing is written but the cache of what the encoder sees.

      With --fine-tune each step looks at all the photos anew: a small --batch keeps that short.

      The exit status is 0 where the captioner can learn, and 1 where it did not.

      EXAMPLES:
        caption train check --dataset flickr8k
        caption train check --dataset flickr8k --rate 3e-3 --hidden 256
        caption train check --dataset ./photos --from ./mine --fine-tune layer4 --batch 8
      """)

  @OptionGroup var data: CaptionDataOptions

  @Option(help: "The most steps to make; the check ends as soon as all captions are learnt.")
  var steps = 600

  @OptionGroup var stepSize: StepSizeOptions
  @OptionGroup var optimizer: OptimizerOptions
  @OptionGroup var session: SessionOptions
  @OptionGroup var captioner: CaptionModelOptions

  func validate() throws {
    guard steps > 0 else { throw ValidationError("--steps takes a number above 0.") }
  }

  func run() throws {
    let photos = try data.photos()
    let start = try captioner.start(photos.name, photos, seed: session.seed)
    let sample = photos.sample(data.batch ?? 32, seed: session.seed)
    let set = try captioner.sets(
      of: sample, start.model, data.cache, session, augments: false
    ).training.firstCaptions
    let captions = try data.captions(of: set, start.model)
    let report =
      switch start.model.decoder.architecture {
      case .attention: try check(AttentionNetwork.self, start, set, captions)
      case .showAndTell: try check(ShowAndTellNetwork.self, start, set, captions)
      }
    try printResult(report)
    guard report.canLearn else { throw ExitCode.failure }
  }

  private func check<Network: DecoderNetwork>(
    _ type: Network.Type, _ start: CaptionStart, _ set: CaptionSet, _ captions: EncodedCaptions
  ) throws -> LearningReport {
    var options = LearningCheck<Network>.Options()
    options.optimizer = optimizer.method
    options.rate = stepSize.rate ?? optimizer.defaultRate
    options.clipNorm = stepSize.clipNorm
    options.fineTuning = captioner.fineTuning(rate: options.rate)
    options.steps = steps
    options.seed = session.seed
    var check = LearningCheck<Network>(
      start.model, try start.network(set, options.fineTuning, seed: session.seed), set: set,
      captions: captions, options: options, threads: session.threads)
    let count = captions.captions.count
    if !session.quiet {
      note(
        "\(count) photos with a caption each; \(start.model.vocabulary.count) words, "
          + "\(check.parameterCount) parameters to learn them with")
    }
    var display = TrainingProgress(
      steps: steps, done: 0, unit: "captions", style: session.progress, isQuiet: session.quiet)
    defer { display.finish() }
    return try check.run { event in
      switch event {
      case .step(let step, let report): display.advance(to: step, report)
      case .search(let step, let learnt):
        if !session.quiet { display.say("step \(step): \(learnt) of \(count) captions come out") }
      }
    }
  }

  private func printResult(_ report: LearningReport) throws {
    func text(_ loss: Double?) -> String { loss.map { String(format: "%.4f", $0) } ?? "none" }
    var rows = [
      ("loss at the start", text(report.losses.first)),
      ("loss at the end", text(report.losses.last)),
      ("steps", "\(report.steps)"),
      ("captions word for word", "\(report.learnt) of \(report.captions)"),
    ]
    if let mistake = report.mistakes?.first {
      rows.append(("\(mistake.name) should be", mistake.wanted))
      rows.append(("\(mistake.name) became", mistake.found))
    }
    try printRows(rows)
    try printLine(report.sentence)
  }
}
