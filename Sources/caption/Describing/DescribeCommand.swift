import ArgumentParser
import Batch
import Captioning
import Files
import Foundation
import Imaging
import Logging
import Store
import Synchronization
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
  @OptionGroup var messages: MessageOptions
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
    try excludes(["--store": storeOptions.file, "--redo": redo], with: "--no-store", noStore)
    try requires(["--force": replacement.force], with: "--attention", attention != nil)
  }

  func run() throws {
    let logger = messages.logger
    let bundle = try ModelBundle.find(runtime.model)
    logger.debug("model \(bundle.configuration.name) from \(bundle.folder)")
    let options = try search.applied(to: bundle)
    let figure = try attention.map {
      try ResultFile(
        path: $0, replacement.replacement(by: .figure, inputs: photos.map(PhotoSource.path)))
    }
    let source = json ? try CaptionSource(ModelIdentity(bundle, store: nil), options) : nil
    let keeper = noStore ? nil : try CaptionKeeper.open(storeOptions, bundle, options, logger)
    let failure = Result { try describe(bundle, options, keeper, figure, asJSON: source) }
    let notKept = keeper?.close()
    if let failure = try failure.get() ?? notKept { throw failure }
  }

  /// Prints the photos' captions in their order; several photos are captioned at a time.
  ///
  /// - Returns: the exit status of the first photo that failed.
  private func describe(
    _ bundle: ModelBundle, _ options: DecodingOptions, _ keeper: CaptionKeeper?,
    _ figure: ResultFile?, asJSON source: CaptionSource?
  ) throws -> ExitCode? {
    let photos = photos
    let workers = min(runtime.threads, photos.count)
    let describer = Describer(
      bundle: bundle, options: options, threads: runtime.threads / workers, keeper: keeper,
      usesKept: !redo && figure == nil, draws: figure != nil)
    let rest = Mutex(photos[...])
    return try withOrderedMap(threads: workers) {
      rest.withLock { $0.popFirst() }
    } _: { photo in
      (photo, Result { try describer.describe(photo) })
    } _: { results in
      var firstFailure: ExitCode?
      while let (photo, result) = try results.next() {
        do {
          let found = try result.get()
          if let figure, let drawing = found.figure {
            try figure.write(FigureFile.data(of: drawing))
            try figure.finish()
          }
          try print(found, of: photo, isOnly: photos.count == 1, asJSON: source)
          tell(found.made, photo, messages.logger)
          if let state = found.state {
            keeper?.keep(
              found.outcome, at: FilePath(argument: photo), state, replacing: redo)
          }
        } catch {
          guard !Self.endsAll(error) else { throw error }
          report(error)
          firstFailure = firstFailure ?? exitStatus(of: error)
        }
      }
      return firstFailure
    }
  }

  /// Whether an error would be the same with every photo, or is of what was asked for.
  private static func endsAll(_ error: any Error) -> Bool {
    if case CaptioningError.notFinite = error { return true }
    return error is FileError || error is ValidationError || error is ReplacementError
  }

  private func tell(_ made: Caption?, _ photo: String, _ logger: Logger) {
    guard let made else { return logger.debug("\(photo): captioned before") }
    if made.faults > 0 {
      logger.warning("\(photo): damaged in \(made.faults) places, decoded all the same")
    }
    let times = made.milliseconds
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
    _ found: Describer.Found, of photo: String, isOnly: Bool, asJSON source: CaptionSource?
  ) throws {
    if let source {
      var object = source.object(
        found.caption, at: found.createdAt, of: FilePath(argument: photo), found.state,
        found.outcome, known: found.known, made: found.made)
      // As it was named, where that is text.
      if object.pathBytes == nil { object.path = photo }
      object.tokens = object.words?.map(\.word)
      let times = found.made?.milliseconds ?? Caption.Milliseconds.none
      object.milliseconds = [
        "decode": times.decode, "encode": times.encode, "caption": times.caption,
      ]
      try printLine(jsonLine(object))
    } else {
      for sentence in [found.caption.text] + found.caption.alternatives.map(\.caption) {
        try printLine(
          isOnly ? sentence : Table.escaped(photo) + "\t" + Table.escaped(sentence))
      }
    }
  }
}

/// Captions photos that are named one by one. May be used from several threads.
private final class Describer: Sendable {
  /// What was found out about a photo.
  struct Found: Sendable {
    let caption: MachineCaption
    /// When the caption was made.
    let createdAt: String
    /// Of the photo's file; nil where it has none.
    let state: FileState?
    let outcome: Outcome
    /// The photo as the store has it, where the caption is from there.
    var known: PhotoRecord?
    /// The caption, where it was made now.
    var made: Caption?
    /// Where its words looked.
    var figure: RGBImage?
  }

  private let bundle: ModelBundle
  private let options: DecodingOptions
  private let threads: Int
  private let keeper: CaptionKeeper?
  private let usesKept: Bool
  private let draws: Bool
  /// A model is loaded for photos that need it only.
  private let loaded = Mutex<Captioner?>(nil)

  /// - Parameters:
  ///   - threads: on how many each photo is captioned.
  ///   - usesKept: whether a caption of the store will do.
  ///   - draws: whether to draw where the words looked.
  init(
    bundle: ModelBundle, options: DecodingOptions, threads: Int, keeper: CaptionKeeper?,
    usesKept: Bool, draws: Bool
  ) {
    self.bundle = bundle
    self.options = options
    self.threads = threads
    self.keeper = keeper
    self.usesKept = usesKept
    self.draws = draws
  }

  /// - Parameter photo: as it was named.
  /// - Throws: as `PhotoSource` and `Captioner`; `ValidationError` where there is nothing to draw.
  func describe(_ photo: String) throws -> Found {
    let path = photo == "-" ? nil : FilePath(argument: photo)
    let state = path.flatMap { FileState(of: $0) }
    let source = try PhotoSource(argument: photo)
    let identity = PhotoIdentity(of: source.bytes)
    if usesKept, let stored = keeper?.caption(of: identity) {
      return Found(
        caption: stored.caption, createdAt: stored.createdAt, state: state,
        outcome: .alreadyThere(identity, PhotoFacts(of: source.bytes, at: path)),
        known: keeper?.photo(of: stored))
    }
    let captioner = try loaded.withLock { loaded in
      let captioner = try loaded ?? Captioner(bundle, threads: threads)
      loaded = captioner
      return captioner
    }
    let caption = try captioner.caption(bytes: source.bytes, name: source.name, options: options)
    let described = DescribedPhoto(caption, bytes: source.bytes, identity: identity, at: path)
    var found = Found(
      caption: described.machine, createdAt: Timestamp.now.text, state: state,
      outcome: described.outcome, made: caption)
    if draws {
      guard !caption.attention.isEmpty else {
        throw ValidationError("The model “\(caption.model)” has no attention to draw.")
      }
      found.figure = try captioner.attentionFigure(
        of: caption, bytes: source.bytes, name: source.name)
    }
    return found
  }
}
