import ArgumentParser
import CaptionTraining
import Foundation

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
    var options = data.options(with: captioner)
    options.course = session.course(stepSize)
    options.method = optimizer.method
    let plan = CaptioningPlan(
      try data.photos(), try captioner.start(seed: session.seed), options: options)
    let shown = TrainingSession(session, unit: "captions")
    var display = TrainingProgress(
      steps: steps, done: 0, unit: "captions", style: session.progress, isQuiet: session.quiet)
    let report = try shown.heeding {
      defer { display.finish() }
      return try plan.check(steps: steps, observer: shown.observer) { event in
        switch event {
        case .step(let step, let report): display.advance(to: step, report)
        case .search(let step, let learnt, let all):
          if !session.quiet { display.say("step \(step): \(learnt) of \(all) captions come out") }
        }
      }
    }
    try printResult(report)
    guard report.canLearn else { throw ExitCode.failure }
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
    try printLine(report.finding + (report.verdict.hint.map { "; \($0)." } ?? "."))
  }
}

extension LearningReport.Verdict {
  /// What may help.
  fileprivate var hint: String? {
    switch self {
    case .learns: nil
    case .diverges, .rises: "a lower --rate may help"
    case .seesAlike:
      "see whether the encoder's weights are right, and whether photos are prepared as they expect"
    case .stays: "the --rate may be too low"
    case .falls: "more --steps or a higher --rate may help"
    case .isStuck: "another --rate or a larger decoder may help"
    }
  }
}
