import ArgumentParser
import CaptionTraining
import Captioning
import Foundation
import Imaging
import Language
import Metrics
import NeuralNet
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
  @OptionGroup(title: "Optimizer") var optimizer: OptimizerOptions
  @OptionGroup(title: "Regularisation") var regularization: RegularizationOptions
  @OptionGroup var captioner: CaptionModelOptions

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
      With --self-critical: which captions of a photo are compared: beam, those of beam search, or \
      drawn, at random.
      """)
  var candidates = Candidates.beam

  @Option(
    help: """
      With --candidates drawn: what a caption's score is compared with: mean, of the photo's others, \
      or greedy (default: mean).
      """)
  var baseline: SelfCritical.Baseline?

  @Option(help: "With --self-critical: how many captions of a photo are compared.")
  var samples = 5

  @Option(help: ArgumentHelp("How many photos' captions are shown.", valueName: "count"))
  var examples = 3

  @Option(help: "The name in the model's configuration (default: the folder's).")
  var name: String?

  func validate() throws {
    guard (0...1).contains(scheduledSampling) else {
      throw ValidationError("--scheduled-sampling takes a number from 0 to 1.")
    }
    guard scheduledSampling == 0 || !selfCritical else {
      throw ValidationError(
        "With --self-critical all words are the decoder's own: leave out --scheduled-sampling.")
    }
    guard (0...100).contains(examples) else {
      throw ValidationError("--examples takes a number from 0 to 100.")
    }
    guard !selfCritical || captioner.from != nil else {
      throw ValidationError("--self-critical goes on from a trained model: say which with --from.")
    }
    guard baseline == nil || candidates == .drawn else {
      throw ValidationError("--baseline goes with --candidates drawn.")
    }
    guard (baseline == .greedy ? 1 : 2)...1000 ~= samples else {
      throw ValidationError("--samples takes a number from 2 (1 with --baseline greedy) to 1000.")
    }
  }

  func run() throws {
    try training.checkOutput(
      files: [captioner.decoder.vocabulary, captioner.encoder.weights].compactMap { $0 },
      models: [captioner.from, captioner.model].compactMap { $0 })
    let photos = try data.photos(validationSplit: validationSplit)
    let start = try captioner.start(
      name ?? URL(filePath: training.output).lastPathComponent, photos, seed: training.seed)
    let sets = try captioner.sets(
      of: photos, start.model, data.cache, training.session, augments: true)
    let captions = try data.captions(of: sets.training, start.model)
    if !training.quiet { tell(photos, sets.training, captions, start.model) }
    switch start.model.decoder.architecture {
    case .attention:
      try train(AttentionNetwork.self, start, sets, captions, photos)
    case .showAndTell:
      try train(ShowAndTellNetwork.self, start, sets, captions, photos)
    }
    try printResult()
  }

  private func train<Network: DecoderNetwork>(
    _ type: Network.Type, _ start: CaptionStart, _ sets: TrainingPhotos.Sets,
    _ captions: EncodedCaptions, _ photos: TrainingPhotos
  ) throws {
    let model = start.model
    let rate =
      training.stepSize.rate
      ?? (selfCritical && optimizer.optimizer != .sgd ? 5e-5 : optimizer.defaultRate)
    let fineTuning = captioner.fineTuning(rate: rate)
    let network: CaptioningNetwork<Network> = try start.network(
      sets.training, fineTuning, seed: training.seed)
    var options = CaptioningTask<Network>.Options()
    options.forcing = regularization.forcing(selfCritical: selfCritical)
    options.batch = data.batch ?? (selfCritical ? 320 : 64)
    if scheduledSampling > 0 {
      options.scheduledSampling = ScheduledSampling(
        final: scheduledSampling,
        steps: training.allSteps(
          stepsPerEpoch: Double(captions.captions.count) / Double(options.batch)))
    }
    options.optimizer = optimizer.method
    options.weightDecay = regularization.weightDecay
    options.averageDecay = regularization.average
    options.clipNorm = training.clipNorm
    options.fineTuning = fineTuning
    options.examples = examples
    options.seed = training.seed
    let reward = selfCritical ? rewarding(sets.training, model) : nil
    let task = CaptioningTask(
      model, network, training: sets.training, captions: captions,
      validation: sets.validation,
      scoreName: "\(photos.name)-\(validationSplit ?? (photos.isHeldBack ? "held-back" : "val"))",
      selfCritical: reward, options: options, threads: training.threads)
    let steps = training.allSteps(stepsPerEpoch: task.stepsPerEpoch)
    var runOptions = training.runOptions(
      CaptioningTask<Network>.self, steps: steps, defaultRate: rate)
    runOptions.validationInterval =
      training.validateEvery ?? max(1, Int(task.stepsPerEpoch.rounded(.up)))
    if !training.quiet {
      note(
        "\(task.parameterCount) parameters to train; \(task.byteCount >> 20) MiB for training"
          + (fineTuning == nil ? ", \(sets.byteCount >> 20) MiB for what the encoder saw" : "")
          + "; \(steps) steps")
    }
    var run = try TrainingRun(
      task, runOptions, folder: training.output, resumes: training.resume,
      fingerprint: jsonLine(
        Fingerprint(
          options: options, encoder: model.encoder.configuration,
          preprocessing: model.encoder.preprocessing, decoder: model.decoder,
          schedule: runOptions.schedule, words: model.vocabulary.count,
          photos: sets.training.names.count, captions: captions.captions.count,
          from: captioner.from, samples: reward?.samples,
          candidates: reward?.candidates)))
    try training.run(
      &run, steps: steps, unit: "captions", stepsPerEpoch: task.stepsPerEpoch
    ) { String(format: "%.4f", $0.value) }
  }

  private struct Fingerprint<Options: Encodable>: Encodable {
    let options: Options
    let encoder: EncoderConfiguration
    let preprocessing: PreprocessingConfiguration
    let decoder: DecoderConfiguration
    let schedule: LearningRateSchedule
    let words: Int
    let photos: Int
    let captions: Int
    let from: String?
    let samples: Int?
    let candidates: SelfCritical.Candidates?
  }

  enum Candidates: String, CaseIterable, ExpressibleByArgument {
    case beam, drawn
  }

  private func rewarding(_ set: CaptionSet, _ model: CaptionModel) -> SelfCritical {
    SelfCritical(
      set, vocabulary: model.vocabulary,
      candidates: candidates == .beam ? .beam : .drawn(baseline ?? .mean), samples: samples,
      limit: model.decoding.maximumLength)
  }

  private func tell(
    _ photos: TrainingPhotos, _ set: CaptionSet, _ captions: EncodedCaptions, _ model: CaptionModel
  ) {
    var text = "\(set.names.count) photos, \(captions.captions.count) captions"
    if captions.cut > 0 {
      text += ", \(captions.cut) of them cut at \(model.decoding.maximumLength) words"
    }
    note(text)
    let share = Double(captions.unknown) / Double(max(1, captions.words))
    note(
      "\(model.vocabulary.count) words; "
        + String(format: "%.1f %% of the captions’ words are not among them", 100 * share))
    if photos.isHeldBack { note("every tenth photo is held back to measure by") }
    if photos.validation.isEmpty { note("too few photos to measure by: the last model is kept") }
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

extension SelfCritical.Baseline: ExpressibleByArgument {}
