import ArgumentParser
import CaptionTraining
import Captioning
import Foundation
import Imaging
import Language
import Metrics
import ModelFiles
import NeuralNet
import SystemPackage
import Tensors
import Training

/// `caption train decoder`: a captioner from photos and captions; what `caption train` does.
struct TrainDecoderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decoder",
    abstract: "Train a captioner on a dataset's photos and captions (the default).",
    discussion: """
      A decoder is trained on what the encoder of a model sees of the photos, which is computed \
      once; with --fine-tune the encoder is trained along with it, from a layer on, and sees the \
      photos changed a little each time. After each epoch the validation photos are captioned with beam search; the model with \
      the best CIDEr-D so far is in --output, ready for --model. A run that was stopped, or \
      killed, goes on with --resume as if nothing had happened.

      --self-critical goes on from a trained model with the score itself as the goal: of the captions \
      that beam search finds for a photo, those with a better CIDEr-D than the others become likelier.

      EXAMPLES:
        caption dataset import flickr8k --format karpathy dataset_flickr8k.json --images Images
        caption train --dataset flickr8k --output mine --epochs 10 --patience 3
        caption train --dataset flickr8k --from ./mine --self-critical --output better
        caption train --dataset ./photos --from embedded --output ours
        caption train --dataset flickr8k --from ./mine --fine-tune layer3 --output finer
        caption train --dataset flickr8k --encoder resnet18 --fine-tune all --output own
        caption --model ./better photo.jpg
      """)

  @Option(
    help: ArgumentHelp(
      "A dataset of the store, or, with a slash in it, a folder of photos with captions beside "
        + "them (see “caption dataset import”).", valueName: "name|folder"))
  var dataset: String

  @Option(help: "The split to learn from (default: train, or all where there are no splits).")
  var split: String?

  @Option(
    help: """
      The split to measure by (default: val, or every tenth photo of the training split where there \
      is none).
      """)
  var validationSplit: String?

  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup(title: "Optimizer") var optimizer: OptimizerOptions
  @OptionGroup(title: "Decoder") var decoder: DecoderOptions
  @OptionGroup(title: "Encoder") var encoder: EncoderOptions
  @OptionGroup(title: "Encoder") var fineTuning: FineTuningOptions
  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp(
      "The model whose encoder looks at the photos (default: \(ModelBundle.defaultName)).",
      valueName: "name|path"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "A model to go on from, with its encoder, decoder and words.", valueName: "name|path"))
  var from: String?

  @Option(
    help: ArgumentHelp(
      "Where what encoders see is kept (default: caption/features in the user's cache folder).",
      valueName: "folder"), completion: .directory)
  var features: String?

  @Option(
    help: "How many captions a step reads, or compares (default: 64; with --self-critical, 320).")
  var batch: Int?

  @Option(help: "The most tokens of a caption, its end included; longer ones are cut.")
  var maximumLength: Int?

  @Option(
    help: "The probability of dropping a number before the logits (default: 0.5; 0 for scores).")
  var dropout: Float?

  @Option(help: "The probability of dropping a number of a word (default: 0.3; 0 for scores).")
  var embeddingDropout: Float?

  @Option(help: "Label smoothing.")
  var labelSmoothing: Float = 0.1

  @Option(
    help: ArgumentHelp(
      "How much it counts that all parts of a photo are looked at.", valueName: "weight"))
  var attentionPenalty: Float = 1

  @Option(
    help: ArgumentHelp(
      "How often the decoder reads a word of its own instead of the one that a person wrote: from "
        + "never at first to this share at the end (0.25 is usual).", valueName: "probability"))
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
    let shares: [(String, Float)] = [
      ("--dropout", dropout ?? 0), ("--embedding-dropout", embeddingDropout ?? 0),
      ("--label-smoothing", labelSmoothing),
    ]
    for (name, value) in shares where !(0..<1).contains(value) {
      throw ValidationError("\(name) takes a number from 0 to below 1.")
    }
    guard (0...1).contains(scheduledSampling) else {
      throw ValidationError("--scheduled-sampling takes a number from 0 to 1.")
    }
    guard scheduledSampling == 0 || !selfCritical else {
      throw ValidationError(
        "With --self-critical all words are the decoder's own: leave out --scheduled-sampling.")
    }
    guard (1...65_536).contains(batch ?? 1) else {
      throw ValidationError("--batch takes a number from 1 to 65536.")
    }
    guard (2...1000).contains(maximumLength ?? 2) else {
      throw ValidationError("--maximum-length takes a number from 2 to 1000.")
    }
    guard attentionPenalty >= 0, attentionPenalty.isFinite, (0...100).contains(examples) else {
      throw ValidationError(
        "--attention-penalty takes a number from 0, --examples one from 0 to 100.")
    }
    guard from == nil || decoder.isEmpty && encoder.isEmpty && model == nil else {
      throw ValidationError("With --from, encoder, decoder and words are that model's.")
    }
    guard model == nil || encoder.encoder == nil else {
      throw ValidationError("--model and --encoder exclude each other.")
    }
    guard !encoder.isRandom || fineTuning.fineTune != nil else {
      throw ValidationError(
        "An encoder without --weights has everything to learn: add --fine-tune all.")
    }
    guard !selfCritical || from != nil else {
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
    let photos = try TrainingPhotos(
      dataset, split: split, validationSplit: validationSplit, store: store)
    let start = try from.map { try ModelBundle.find($0) }
    let model = try captionModel(start, photos)
    let sets =
      if fineTuning.fineTune != nil {
        try photos.readable(model.encoder.preprocessing, training)
      } else {
        try photos.encoded(
          FeatureExtractor(model.encoder, output: model.output),
          features.map { FeatureCache(folder: FilePath(argument: $0)) } ?? FeatureCache(), training)
      }
    let captions = EncodedCaptions(
      sets.training, vocabulary: model.vocabulary, limit: model.decoding.maximumLength)
    try check(captions, model)
    if !training.quiet { tell(photos, sets.training, captions, model) }
    switch model.decoder.architecture {
    case .attention:
      try train(AttentionNetwork.self, start, model, sets, captions, photos)
    case .showAndTell:
      try train(ShowAndTellNetwork.self, start, model, sets, captions, photos)
    }
    try printResult()
  }

  private func train<Network: DecoderNetwork>(
    _ type: Network.Type, _ start: ModelBundle?, _ model: CaptionModel,
    _ sets: TrainingPhotos.Sets, _ captions: EncodedCaptions, _ photos: TrainingPhotos
  ) throws {
    let rate = training.rate ?? (optimizer.optimizer == .sgd ? 0.1 : selfCritical ? 5e-5 : 1e-3)
    let fineTuning = fineTuning.fineTuning(rate: rate, isRandom: encoder.isRandom)
    let network: CaptioningNetwork<Network> = try network(start, model, sets, fineTuning)
    var options = DecoderTask<Network>.Options()
    options.forcing = forcing
    options.batch = batch ?? (selfCritical ? 320 : 64)
    if scheduledSampling > 0 {
      options.scheduledSampling = ScheduledSampling(
        final: scheduledSampling,
        steps: training.allSteps(
          stepsPerEpoch: Double(captions.captions.count) / Double(options.batch)))
    }
    options.optimizer = optimizer.method
    options.weightDecay = optimizer.weightDecay
    options.averageDecay = optimizer.average
    options.clipNorm = training.clipNorm
    options.fineTuning = fineTuning
    options.examples = examples
    options.seed = training.seed
    let task = DecoderTask(
      model, network, training: sets.training, captions: captions,
      validation: sets.validation,
      scoreName: "\(photos.name)-\(validationSplit ?? (photos.isHeldBack ? "held-back" : "val"))",
      selfCritical: selfCritical
        ? SelfCritical(
          sets.training, vocabulary: model.vocabulary, candidates: compared, samples: samples,
          limit: model.decoding.maximumLength) : nil,
      options: options, threads: training.threads)
    let steps = training.allSteps(stepsPerEpoch: task.stepsPerEpoch)
    var runOptions = training.runOptions(
      DecoderTask<Network>.self, steps: steps, defaultRate: rate)
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
          from: from, samples: selfCritical ? samples : nil,
          candidates: selfCritical ? compared : nil)))
    try training.run(
      &run, steps: steps, unit: "captions", stepsPerEpoch: task.stepsPerEpoch
    ) { String(format: "%.4f", $0.value) }
  }

  /// The parameters to begin with.
  private func network<Network: DecoderNetwork>(
    _ start: ModelBundle?, _ model: CaptionModel, _ sets: TrainingPhotos.Sets,
    _ fineTuning: FineTuning?
  ) throws -> CaptioningNetwork<Network> {
    let encoder = try fineTuning?.encoder(model.encoder, output: model.output)
    let channels =
      switch sets.training.images {
      case .features(let features): features.channels
      case .photos: encoder?.channels(of: model.output) ?? 0
      }
    let words = model.vocabulary.count
    if let start {
      return CaptioningNetwork(
        try Network(
          model.decoder, channels: channels, vocabularySize: words,
          weights: WeightReader(start.weights)["decoder"]), encoder: encoder)
    }
    var random = SeededRandom(seed: training.seed)
    return CaptioningNetwork(
      Network(model.decoder, channels: channels, vocabularySize: words, random: &random),
      encoder: encoder)
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

  private var compared: SelfCritical.Candidates {
    candidates == .beam ? .beam : .drawn(baseline ?? .mean)
  }

  private var forcing: TeacherForcing {
    var forcing = TeacherForcing()
    forcing.labelSmoothing = labelSmoothing
    forcing.attentionPenalty = attentionPenalty
    // Captions are found without dropout, so that the gradient is taken without, too.
    forcing.outputDropout = dropout ?? (selfCritical ? 0 : forcing.outputDropout)
    forcing.embeddingDropout = embeddingDropout ?? (selfCritical ? 0 : forcing.embeddingDropout)
    return forcing
  }

  private func captionModel(
    _ start: ModelBundle?, _ photos: TrainingPhotos
  ) throws -> CaptionModel {
    let name = name ?? URL(filePath: training.output).lastPathComponent
    if let start {
      return try CaptionModel(name: name, bundle: start, maximumLength: maximumLength)
    }
    let vocabulary: Vocabulary
    if let path = decoder.vocabulary {
      vocabulary = try CaptionWords.vocabulary(
        WordList(path: path).words, file: ModelFolder.vocabularyFile)
    } else {
      var words = CaptionWords()
      for photo in photos.training { words.add(photo.references) }
      vocabulary = try words.vocabulary(
        atLeast: decoder.minimumCount ?? 5, file: ModelFolder.vocabularyFile)
    }
    var decoding = DecodingOptions()
    let source = try encoder.source(seed: training.seed) {
      let bundle = try ModelBundle.find(model ?? ModelBundle.defaultName)
      decoding = bundle.configuration.decoding
      return bundle
    }
    decoding.maximumLength = maximumLength ?? decoding.maximumLength
    // Other words may be special in another vocabulary.
    decoding.neverEmit = nil
    return CaptionModel(
      name: name, encoder: source, decoder: decoder.configuration, vocabulary: vocabulary,
      decoding: decoding)
  }

  /// - Throws: `TrainingError.data` where there is nothing to learn.
  private func check(_ captions: EncodedCaptions, _ model: CaptionModel) throws {
    guard !captions.captions.isEmpty else {
      throw TrainingError.data(path: dataset, reason: "there are no captions with words in it")
    }
    guard captions.unknown * 2 <= captions.words else {
      throw TrainingError.data(
        path: dataset,
        reason: "\(captions.unknown) of the captions’ \(captions.words) words are outside the "
          + "vocabulary of \(model.vocabulary.count); a lower --minimum-count may help")
    }
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
