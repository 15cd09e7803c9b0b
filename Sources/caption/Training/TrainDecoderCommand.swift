import ArgumentParser
import CaptionTraining
import Captioning
import Foundation
import Metrics
import Training

/// `caption train decoder`: a captioner from photos and captions; what `caption train` does.
struct TrainDecoderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decoder",
    abstract: "Train a captioner on a dataset's photos and captions (the default).",
    discussion: """
      A decoder is trained on what the encoder of a model sees of the photos, which is computed \
      once; with --fine-tune the encoder is trained along with it, from a layer on, and sees the \
      photos changed a little each time. After each epoch the validation photos are captioned with \
      beam search; the model with the best CIDEr-D so far is in --output, ready for --model. A run \
      that was stopped, or killed, goes on with --resume as if nothing had happened.

      --self-critical goes on from a trained model with the score itself as the goal: of the \
      captions that beam search finds for a photo, those with a better CIDEr-D than the others \
      become likelier.

      EXAMPLES:
        caption dataset import flickr8k --format karpathy dataset_flickr8k.json --images Images
        caption train --dataset flickr8k --output mine --epochs 10 --patience 3
        caption train --dataset flickr8k --from ./mine --self-critical --output better
        caption train --dataset ./photos --from embedded --output ours
        caption train --dataset flickr8k --from ./mine --fine-tune layer3 --output finer
        caption train --dataset flickr8k --encoder resnet18 --fine-tune all --output own
        caption --model ./better photo.jpg
      """)

  @OptionGroup var data: CaptionDataOptions

  @Option(
    help: """
      The split to measure by (default: val, or every tenth photo of the training split where there \
      is none).
      """)
  var validationSplit: String?

  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup(title: "Training") var validations: ValidationOptions
  @OptionGroup(title: "Optimizer") var optimizer: OptimizerOptions
  @OptionGroup(title: "Regularisation") var regularization: RegularizationOptions<OfCaptions>

  @Option(
    help: ArgumentHelp(
      "How much it counts that all parts of a photo are looked at (default: 1).",
      valueName: "weight"), transform: decimalNumber)
  var attentionPenalty: Float?

  @OptionGroup var captioner: CaptionModelOptions
  @OptionGroup(title: "Encoder") var changes: PhotoChangeOptions

  @Option(
    help: ArgumentHelp(
      "How often the decoder reads a word of its own instead of the one that a person wrote: from "
        + "never at first to this share at the end (0.25 is usual).", valueName: "probability"),
    transform: decimalNumber)
  var scheduledSampling: Float = 0

  @Flag(help: "Train for CIDEr-D itself; goes with --from.")
  var selfCritical = false

  @Option(
    help: """
      With --self-critical: which captions of a photo are compared: beam, those of beam search (the \
      default), or drawn, at random.
      """)
  var candidates: Candidates?

  @Option(
    help: """
      With --candidates drawn: what a caption's score is compared with: mean, of the photo's others, \
      or greedy (default: mean).
      """)
  var baseline: SelfCritical.Baseline?

  @Option(help: "With --self-critical: how many captions of a photo are compared (default: 5).")
  var samples: Int?

  @Option(help: ArgumentHelp("How many photos' captions are shown.", valueName: "count"))
  var examples = 3

  @Option(help: "The name in the model's configuration (default: the folder's).")
  var name: String?

  func validate() throws {
    try validations.check(with: training)
    try requires(
      changes.ofFineTuning, with: "--fine-tune", captioner.fineTuning.fineTune != nil)
    guard (0...1).contains(scheduledSampling) else {
      throw ValidationError("--scheduled-sampling takes a number from 0 to 1.")
    }
    guard attentionPenalty.map({ $0 >= 0 && $0.isFinite }) ?? true else {
      throw ValidationError("--attention-penalty takes a number from 0.")
    }
    guard scheduledSampling == 0 || !selfCritical else {
      throw ValidationError(
        "With --self-critical all words are the decoder's own: leave out --scheduled-sampling.")
    }
    try excludes(
      ["--label-smoothing": regularization.labelSmoothing], with: "--self-critical", selfCritical)
    try excludes(["--attention-penalty": attentionPenalty], with: "--self-critical", selfCritical)
    try requires(["--candidates": candidates], with: "--self-critical", selfCritical)
    try requires(["--samples": samples], with: "--self-critical", selfCritical)
    try requires(
      ["--baseline": baseline], with: "--self-critical --candidates drawn",
      selfCritical && candidates == .drawn)
    guard (0...100).contains(examples) else {
      throw ValidationError("--examples takes a number from 0 to 100.")
    }
    guard !selfCritical || captioner.from != nil else {
      throw ValidationError("--self-critical goes on from a trained model: say which with --from.")
    }
    guard (baseline == .greedy ? 1 : 2)...1000 ~= samples ?? 2 else {
      throw ValidationError("--samples takes a number from 2 (1 with --baseline greedy) to 1000.")
    }
  }

  func run() throws {
    try training.checkOutput(
      files: [captioner.decoder.vocabulary, captioner.encoder.weights].compactMap { $0 },
      models: [captioner.from, captioner.model].compactMap { $0 })
    let start = try captioner.start(seed: training.session.seed)
    try requires(
      ["--attention-penalty": attentionPenalty], with: "a decoder with attention",
      start.decoder.architecture == .attention)
    let plan = CaptioningPlan(
      try data.photos(validationSplit: validationSplit), start, options: options)
    let session = TrainingSession(training.session, unit: "captions") {
      String(format: "%.4f", $0.value)
    }
    try session.run(
      plan, training, kind: "captioner", patience: validations.patience, tellsEpochs: true)
    try printResult()
  }

  private var options: CaptioningPlan.Options {
    var options = data.options(with: captioner)
    changes.apply(to: &options)
    options.course = validations.applied(to: training.course)
    options.method = optimizer.method
    options.regularization = regularization.regularization
    options.attentionPenalty = attentionPenalty
    options.scheduledSampling = scheduledSampling
    if selfCritical {
      var given = SelfCritical.Options()
      given.candidates = candidates == .drawn ? .drawn(baseline ?? .mean) : .beam
      given.samples = samples ?? given.samples
      options.selfCritical = given
    }
    options.examples = examples
    options.name = name
    return options
  }

  enum Candidates: String, CaseIterable, ExpressibleByArgument {
    case beam, drawn
  }

  enum OfCaptions: UsualRegularization {
    private static let usual = TeacherForcing()
    static var dropout: String { "\(usual.outputDropout); 0 with --self-critical" }
    static var embeddingDropout: String { "\(usual.embeddingDropout); 0 with --self-critical" }
    static var labelSmoothing: Float { usual.labelSmoothing }
    static var average: Float { CaptioningTask<AttentionNetwork>.Options().averageDecay }
  }

  /// What is in the model's folder now.
  private func printResult() throws {
    let scores = try ModelBundle(folder: training.output).configuration.scores ?? [:]
    try printRows(
      [("model", training.output)]
        + scores.sorted { $0.key < $1.key }.flatMap { name, scores in
          var rows: [(String, String)] = []
          if let cider = scores.cider {
            rows.append(("\(Metric.ciderD.rawValue) on \(name)", String(format: "%.4f", cider)))
          }
          if let bleu = scores.bleu?.last {
            rows.append(("\(Metric.bleu4.rawValue) on \(name)", String(format: "%.4f", bleu)))
          }
          return rows
        })
  }
}
