import Algorithms
import ArgumentParser
import Batch
import Captioning
import Files
import Foundation
import Logging
import PhotoFinding
import PhotoMetadata
import Store
import SystemPackage

/// `caption batch`: captions for all photos of folders, kept in the store.
struct BatchCommand: ParsableCommand, TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Caption all photos of folders and keep the captions in the store.",
    discussion: """
      What has been captioned is not captioned again, wherever it was moved to: after an \
      interruption the same command goes on where it stopped. A photo that cannot be captioned is \
      recorded (“caption failures” lists them) and the others go on; the exit status is then that \
      of the first failure.

      Photos are known by their names' endings, and by their content where there is none. Folders \
      that systems and programs keep for themselves, such as @eaDir, #recycle, $RECYCLE.BIN, Thumbs \
      and *.photoslibrary, are passed by like hidden ones, unless one is named: as a path, or by \
      --include '@eaDir/*'.

      Unless standard output is a terminal, it gets PATH, a tab and the caption of each photo, in \
      the order of the paths' bytes. Tab, line end and backslash in a path are written \\t, \\n, \\\\.

      With --embed and --sidecar, photos behind links that lead out of the folders are captioned but \
      not written, unless they are named themselves. A file that is written becomes a new one under \
      the same name: other names of it (hard links), as in backups, keep what it was.

      EXAMPLES:
        caption batch ~/Pictures
        caption batch --include '*.jpg' --exclude raw --limit 100 ~/Pictures
        find . -name '*.png' -print0 | caption batch --null - > captions.tsv
        caption batch --watch ~/Pictures/Incoming
        caption batch --embed --sidecar txt ~/Pictures
      """)

  @Argument(
    help: ArgumentHelp(
      "Folders and photos, or - for a list of them on standard input.", valueName: "path"),
    completion: .directory)
  var arguments: [ArgumentRun]
  var paths: [String] { arguments.flatMap(\.arguments) }

  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var search: SearchOptions
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var writes: WriteOptions

  @Flag(help: "Do not look into the folders in the folders.")
  var noRecursive = false

  @Option(
    help: ArgumentHelp(
      "Take only files whose name (or, with a slash in it, path below the folder) is like this; may "
        + "be repeated.", valueName: "pattern"))
  var include: [String] = []

  @Option(
    help: ArgumentHelp(
      "Pass by files and folders that are like this; may be repeated.", valueName: "pattern"))
  var exclude: [String] = []

  @Flag(name: [.customShort("0"), .long], help: "The paths on standard input end in zero bytes.")
  var null = false

  @Flag(help: "Caption again what has a caption, in place of the old one.")
  var redo = false

  @Flag(help: "Try again what failed before, even if it has not changed since.")
  var retryFailed = false

  @Option(
    help: ArgumentHelp("Stop after this many photos that were not known.", valueName: "count"))
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "Caption the K-th of N parts of the photos only, which together are all.", valueName: "K/N"))
  var shard: Shard?

  @Flag(help: "Say what would be done, and do nothing.")
  var dryRun = false

  @Flag(help: "Go on as photos arrive in the folders, until interrupted.")
  var watch = false

  @OptionGroup var progress: ProgressOptions

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func validate() throws {
    guard limit ?? 1 >= 1 else {
      throw ValidationError("--limit takes a number of at least 1, not \(limit ?? 0).")
    }
    guard paths.count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("Standard input (-) can be read only once.")
    }
    guard !null || paths.contains("-") else {
      throw ValidationError("--null goes with a list on standard input (-).")
    }
    guard !(watch && dryRun) else {
      throw ValidationError("--watch and --dry-run exclude each other.")
    }
    try excludes(["--json": json], with: "--dry-run", dryRun)
    try excludes(["--retry-failed": retryFailed], with: "--redo", redo)
  }

  func run() throws {
    let bundle = try ModelBundle.find(runtime.model)
    let options = try search.applied(to: bundle)
    if dryRun { return try planned(bundle, options) }
    try storeOptions.with(.create) { store in
      let captioner = try PhotoCaptioner(
        Captioner(bundle, threads: 1), options: options, store: store)
      try caption(into: store, captioner, captioner.work(in: store))
    }
  }

  private func caption(into store: Store, _ captioner: PhotoCaptioner, _ work: Work) throws {
    let watcher = watch ? try FolderWatcher(roots(), finder: finder) : nil
    let listing = try photos()
    let interruption = Interruption(isQuiet: progress.quiet)
    defer { interruption.end() }
    let queue = PhotoQueue(
      listing.photos, watcher: watcher, stop: interruption.flag, admits: isInShard)
    var options = BatchRunner.Options()
    options.workers = runtime.threads
    options.redoes = redo
    options.retriesFailures = retryFailed
    options.limit = limit
    options.writes = writes.options
    if !options.writes.writesNothing {
      options.writes.places = WritePlaces(named: listing.roots, folders: listing.folders)
      PhotoWriter.clearLeftOvers(beside: listing.photos)
    }
    let runner = BatchRunner(store: store, captioner: captioner, work: work, options: options)
    let run = try store.beginRun(.batch, request: request(listing), work: work)
    let reporter = BatchReporter(
      store: store, run: run, total: watch ? nil : listing.photos.count, style: progress.style,
      isQuiet: progress.quiet,
      printsLines: !standardOutputIsTerminal || json, asJSON: json ? captioner.source : nil,
      isWatching: watch)
    for failure in listing.unreadable { reporter.unreadable(failure.path, failure.reason) }
    do {
      try runner.run(
        run, photos: { queue.next() }, stop: interruption.flag, report: reporter.report)
    } catch {
      reporter.finish()
      // What was committed stays; the run itself may be beyond writing.
      try? store.endRun(run, .interrupted)
      throw error
    }
    try store.endRun(run, interruption.exitStatus == nil ? .finished : .interrupted)
    reporter.finish()
    if let failure = queue.failure { throw failure }
    if let status = interruption.exitStatus {
      if !progress.quiet {
        note("interrupted: \(reporter.summary); the same command goes on from here")
      }
      throw ExitCode(status)
    }
    tell(listing.passedBy)
    if !progress.quiet {
      note(reporter.summary)
      if let sentence = linkedOutSentence(reporter.linkedOut) { note(sentence) }
    }
    if let status = reporter.firstFailure { throw status }
  }

  /// What `--dry-run` prints: new, captioned or failed, a tab and the path.
  private func planned(_ bundle: ModelBundle, _ options: DecodingOptions) throws {
    let listing = try photos()
    let store = FileState(of: storeOptions.path) == nil ? nil : try storeOptions.open(for: .read)
    defer { try? store?.close() }
    let model = try ModelIdentity(bundle, store: nil)
    let work = try store?.existingWork(model.contentHash, options: options.canonical)
    var news = 0
    for photo in listing.photos {
      var plan = "new"
      if let store, let work, let state = FileState(of: photo) {
        switch try store.known(photo, state, work) {
        case .captioned where !redo, .unsettled where !redo: plan = "captioned"
        case .failed where !redo && !retryFailed: plan = "failed"
        // Perhaps only other bytes of a picture that has a caption.
        case .unknown where !redo:
          let bytes = try? PhotoFile(at: photo).bytes
          let caption = try bytes.flatMap { try store.caption(of: PhotoIdentity(of: $0), work) }
          if caption != nil { plan = "captioned" }
        default: break
        }
      }
      if plan == "new" { news += 1 }
      if news > limit ?? .max { break }
      try printLine(plan + "\t" + Table.escaped(photo.string))
    }
    for failure in listing.unreadable {
      note("\(failure.path): cannot be read: \(failure.reason)")
    }
    tell(listing.passedBy)
    if !progress.quiet {
      note("\(min(news, limit ?? .max)) of \(listing.photos.count) photos would be captioned")
    }
  }

  private var finder: PhotoFinder {
    var finder = PhotoFinder()
    finder.patterns = NamePatterns(including: include, excluding: exclude)
    finder.isRecursive = !noRecursive
    finder.isPhoto = PhotoFile.isPhoto
    return finder
  }

  /// Whether a photo belongs to the part that was asked for.
  private var isInShard: @Sendable (PhotoFinder.Found) -> Bool {
    { [shard] photo in shard?.contains(name: photo.relativePath) ?? true }
  }

  /// The folders and files that were asked for.
  private func roots() throws -> [FilePath] {
    try paths.flatMap { path -> [FilePath] in
      guard path == "-" else { return [FilePath(argument: path)] }
      return try pathList(
        readAllOfStandardInput(), separator: null ? 0 : 10, name: "standard input")
    }
  }

  /// All photos in the order in which they are captioned, each once.
  private func photos() throws -> Listing {
    var listing = Listing()
    let roots = try roots()
    listing.roots = roots
    listing.folders = roots.filter(PhotoFinder.isFolder).map(\.absolute)
    listing.photos = roots.flatMap { root in
      finder.photos(in: root) {
        listing.unreadable.append(($0, $1))
      } passedBy: {
        listing.passedBy.add($0)
      }.filter(isInShard).map(\.path)
    }.uniqued(on: \.absolute)
    return listing
  }

  private struct Listing {
    /// All that was asked for, as it was.
    var roots: [FilePath] = []
    /// The folders among them, from the root on.
    var folders: [FilePath] = []
    var photos: [FilePath] = []
    var unreadable: [(path: FilePath, reason: String)] = []
    var passedBy = PassedBy()
  }

  private func tell(_ passedBy: PassedBy) {
    guard !progress.quiet, let summary = passedBy.summary else { return }
    note("passed by \(summary)")
  }

  /// What was asked for, as the store keeps it.
  private func request(_ listing: Listing) throws -> String {
    struct Request: Encodable {
      let paths: [String]
      /// From the root on: what is missing from them altogether is not connected.
      let folders: [String]
      let include: [String]
      let exclude: [String]
      let recursive: Bool
      let redo: Bool
      let retryFailed: Bool
      let limit: Int?
      let shard: String?
    }
    return try jsonLine(
      Request(
        paths: paths, folders: listing.folders.map(\.string), include: include, exclude: exclude,
        recursive: !noRecursive, redo: redo, retryFailed: retryFailed, limit: limit,
        shard: shard?.description))
  }
}

/// Prints what becomes of photos, and counts it.
private final class BatchReporter {
  private var progress: Progress
  private var counts = RunCounts()
  /// Photos that failed and were not read well since, which may be while folders are watched.
  private var failed: Set<FilePath> = []
  /// What went wrong, in its order, by photo or folder.
  private var faults: [(path: FilePath, status: ExitCode)] = []
  /// While folders are watched, the caption that each photo was printed with: a photo that is
  /// written into is seen to arrive again.
  private var printed: [FilePath: Int64]?
  private var failedBefore = 0
  private var written = 0
  /// Photos that a person has described, which were left alone.
  private var leftAlone = 0
  /// Photos that were not written, as links lead out of the folders.
  private(set) var linkedOut = 0
  private let store: Store
  private let run: Int64
  private let printsLines: Bool
  /// Whose captions are printed as JSON; nil for text.
  private let asJSON: CaptionSource?
  private let start = ContinuousClock.now

  var firstFailure: ExitCode? { faults.first?.status }

  init(
    store: Store, run: Int64, total: Int?, style: Progress.Style, isQuiet: Bool, printsLines: Bool,
    asJSON: CaptionSource?, isWatching: Bool
  ) {
    self.store = store
    self.run = run
    printed = isWatching ? [:] : nil
    progress = Progress(total: total, style: style, isQuiet: isQuiet)
    self.printsLines = printsLines
    self.asJSON = asJSON
  }

  /// - Throws: `FileError.notWritten` where standard output cannot be written.
  func report(_ events: [BatchEvent]) throws {
    let failures = failed.count
    var (told, worked) = (0, 0)
    for event in events where !isEcho(event) {
      told += 1
      if event.kind.isWork { worked += 1 }
      try tell(event)
    }
    progress.advance(by: told, worked: worked, failed: failed.count - failures)
  }

  private func tell(_ event: BatchEvent) throws {
    if printed != nil {
      failed.remove(event.path)
      faults.removeAll { $0.path == event.path }
    }
    switch event.kind {
    case .captioned(let caption):
      counts.captioned += 1
      if let faults = event.made?.faults, faults > 0 {
        progress.say("caption: \(event.path): damaged in \(faults) places, decoded all the same")
      }
      try print(caption, event)
    case .alreadyCaptioned(let caption):
      counts.skipped += 1
      try print(caption, event)
    case .failed(let kind, let reason):
      failed.insert(event.path)
      fail(event.path, kind, reason)
    case .failedBefore: failedBefore += 1
    }
    written += event.written
    if event.unwritten.contains(where: \.isLinkedOut) { linkedOut += 1 }
    for error in event.unwritten where !error.isLinkedOut { tell(error, of: event.path) }
  }

  /// Whether the event tells nothing but that a photo has arrived which this batch has written into.
  private func isEcho(_ event: BatchEvent) -> Bool {
    guard case .alreadyCaptioned(let caption) = event.kind else { return false }
    return printed?[event.path] == caption.id && event.written == 0 && event.unwritten.isEmpty
  }

  /// A folder that could not be read.
  func unreadable(_ path: FilePath, _ reason: String) {
    fail(path, .noInput, "cannot be read: \(reason)")
  }

  /// What could not be written.
  private func tell(_ error: MetadataError, of photo: FilePath) {
    if error.isHumanText {
      leftAlone += 1
      return
    }
    progress.say("caption: \(sentence(of: error))")
    if !error.isRemark { faults.append((photo, exitStatus(of: error))) }
  }

  func finish() { progress.finish() }

  /// “captioned 480, already there 20, failed 3 in 0:12 (39.0 photos a second)”
  var summary: String {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    var parts = ["captioned \(counts.captioned)"]
    if counts.skipped > 0 { parts.append("already there \(counts.skipped)") }
    if !failed.isEmpty { parts.append("failed \(failed.count) (see “caption failures”)") }
    if failedBefore > 0 {
      parts.append("failed before \(failedBefore) (--retry-failed tries them again)")
    }
    if leftAlone > 0 {
      parts.append("left \(leftAlone) that a person described (--overwrite-human)")
    }
    if written > 0 {
      parts.append("wrote \(written) files (“caption undo \(run)” takes them back)")
    }
    var text = parts.joined(separator: ", ") + " in \(Progress.duration(seconds))"
    if counts.captioned > 0, seconds > 0 {
      text += String(format: " (%.1f photos a second)", Double(counts.captioned) / seconds)
    }
    return text
  }

  private func fail(_ path: FilePath, _ kind: FailureKind, _ reason: String) {
    faults.append((path, exitStatus(of: kind)))
    progress.say("caption: \(path): \(reason)")
  }

  private func print(_ caption: StoredCaption, _ event: BatchEvent) throws {
    printed?[event.path] = caption.id
    guard printsLines else { return }
    if let source = asJSON {
      let object = try source.object(
        caption.caption, at: caption.createdAt, of: event.path, event.state, event.outcome,
        known: event.made == nil ? store.photo(of: caption) : nil, made: event.made)
      try printLine(jsonLine(object))
    } else {
      try printLine(Table.escaped(event.path.string) + "\t" + Table.escaped(caption.caption.text))
    }
  }
}

extension BatchEvent.Kind {
  /// Whether it took more than a look into the store.
  fileprivate var isWork: Bool {
    switch self {
    case .captioned, .failed: true
    case .alreadyCaptioned, .failedBefore: false
    }
  }
}
