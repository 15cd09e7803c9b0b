import ArgumentParser
import Batch
import Captioning
import Files
import Foundation
import Imaging
import Logging
import Store
import SystemPackage

/// `caption PHOTO...`: a caption for each photo.
struct DescribeCommand: ParsableCommand, TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Print a caption for each photo (the default).",
    discussion: """
      One photo prints its caption; several print PATH, a tab and the caption, in the order given; \
      tab, line end and backslash in a path are written \\t, \\n, \\\\. \
      A photo that cannot be read is reported on standard error and the others go on; the exit \
      status is then that of the first failure.

      Captions are kept in the store, where “caption search” finds them; a photo that has been \
      captioned with the same model and options gets its caption from there.

      EXAMPLES:
        caption photo.jpg
        caption describe ./batch
        caption --top 3 --json *.jpg | jq .caption
        caption photo.jpg --say bicycle --say "fire hydrant"
        caption photo.jpg --temperature 0.8 --top-p 0.9 --seed 7
        cat photo.jpg | caption -
      """)

  @Argument(
    help: ArgumentHelp(
      "Photos: JPEG, PNG, WebP, HEIC or AVIF files, or - for standard input.",
      valueName: "photo"), completion: .file())
  var arguments: [ArgumentRun]
  var photos: [String] { arguments.flatMap(\.arguments) }

  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var search: SearchOptions
  @OptionGroup var storeOptions: StoreOptions

  @Flag(help: "Neither keep the captions nor use those that were kept.")
  var noStore = false

  @Flag(help: "Caption again what has a caption in the store, in its place.")
  var redo = false

  @Flag(
    help: "Print one JSON object a line, with words, log probabilities, confidence and timings.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Also draw where each word's attention lay, as a PNG (one photo only).",
      valueName: "file.png"), completion: .file(extensions: ["png"]))
  var attention: String?

  @OptionGroup var replacement: ReplacementOptions

  func validate() throws {
    guard attention == nil || photos.count == 1 else {
      throw ValidationError("--attention takes one photo, not \(photos.count).")
    }
    guard photos.count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("Standard input (-) can be read only once.")
    }
  }

  func run() throws {
    let logger = runtime.logger
    let bundle = try ModelBundle.find(runtime.model)
    logger.debug("model \(bundle.configuration.name) from \(bundle.folder)")
    let options = try search.applied(to: bundle)
    let photos = photos
    let isOnly = photos.count == 1
    let figure = try attention.map {
      try ResultFile(
        path: $0, replacement.replacement(by: .figure, inputs: photos.map(PhotoSource.path)))
    }
    let keeper = noStore ? nil : try CaptionKeeper.open(storeOptions, bundle, options, logger)
    defer { keeper?.close() }
    // A model is loaded for photos that need it only.
    var loaded: Captioner?
    func captioner() throws -> Captioner {
      let captioner = try loaded ?? Captioner(bundle, threads: runtime.threads)
      loaded = captioner
      return captioner
    }
    var firstFailure: ExitCode?
    for photo in photos {
      do {
        let state = FileState(of: FilePath(argument: photo))
        let source = try PhotoSource(argument: photo)
        if !redo, attention == nil, let stored = keeper?.caption(of: source.bytes) {
          try print(stored, nil, .none, of: photo, isOnly: isOnly, bundle)
          logger.debug("\(photo): captioned before")
          if let state { keeper?.keep(source.bytes, at: FilePath(argument: photo), state) }
          continue
        }
        let captioner = try captioner()
        let caption = try captioner.caption(
          bytes: source.bytes, name: source.name, options: options)
        if let figure { try drawAttention(of: caption, source, captioner, to: figure) }
        try print(
          MachineCaption(caption), caption.noun, caption.milliseconds, of: photo, isOnly: isOnly,
          bundle)
        tell(caption, photo, logger)
        if let state {
          keeper?.keep(
            caption, of: source.bytes, at: FilePath(argument: photo), state, replacing: redo)
        }
      } catch CaptioningError.notFinite(let weights) {
        // It would be the same with every photo.
        throw CaptioningError.notFinite(weights: weights)
      } catch {
        guard !(error is FileError || error is ValidationError || error is ReplacementError)
        else { throw error }
        report(error)
        firstFailure = firstFailure ?? exitStatus(of: error)
      }
    }
    if let firstFailure { throw firstFailure }
  }

  private func tell(_ caption: Caption, _ photo: String, _ logger: Logger) {
    if caption.faults > 0 {
      logger.warning("\(photo): damaged in \(caption.faults) places, decoded all the same")
    }
    let times = caption.milliseconds
    logger.debug(
      """
      \(photo): decode \(rounded(times.decode)), encode \(rounded(times.encode)), \
      caption \(rounded(times.caption)) ms
      """)
  }

  private func rounded(_ milliseconds: Double) -> String {
    String(format: "%.1f", milliseconds)
  }

  private func print(
    _ caption: MachineCaption, _ noun: String?, _ milliseconds: Caption.Milliseconds,
    of photo: String, isOnly: Bool, _ bundle: ModelBundle
  ) throws {
    if json {
      let model = bundle.configuration.name
      try printLine(
        jsonLine(CaptionRecord(path: photo, caption, noun: noun, model: model, milliseconds)))
    } else {
      for sentence in [caption.text] + caption.alternatives.map(\.caption) {
        try printLine(
          isOnly ? sentence : Table.escaped(photo) + "\t" + Table.escaped(sentence))
      }
    }
  }

  private func drawAttention(
    of caption: Caption, _ source: PhotoSource, _ captioner: Captioner, to file: ResultFile
  ) throws {
    guard !caption.attention.isEmpty else {
      throw ValidationError("The model “\(caption.model)” has no attention to draw.")
    }
    let figure = try captioner.attentionFigure(of: caption, bytes: source.bytes, name: source.name)
    try file.write(FigureFile.data(of: figure))
    try file.finish()
  }
}

/// One line of `--json`.
private struct CaptionRecord: Encodable {
  let path: String
  let caption: String
  let tokens: [String]
  let logProbability: Double
  let confidence: Double
  let words: [MachineCaption.Word]
  let alternatives: [MachineCaption.Alternative]
  /// As `Caption.noun`; absent where there is none, and for a caption from the store.
  let noun: String?
  let model: String
  let milliseconds: Caption.Milliseconds

  enum CodingKeys: String, CodingKey {
    case path, caption, tokens, confidence, words, alternatives, noun, model, milliseconds
    case logProbability = "log_probability"
  }

  init(
    path: String, _ caption: MachineCaption, noun: String?, model: String,
    _ milliseconds: Caption.Milliseconds
  ) {
    self.path = path
    self.caption = caption.text
    tokens = caption.words.map(\.word)
    logProbability = caption.logProbability
    confidence = caption.confidence
    words = caption.words
    alternatives = caption.alternatives
    self.noun = noun
    self.model = model
    self.milliseconds = milliseconds
  }
}
