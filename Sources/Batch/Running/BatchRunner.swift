internal import Captioning
internal import Files
internal import Foundation
package import Store
internal import Synchronization
package import SystemPackage

/// Captions many photos, on all cores, into a store.
///
/// One thread finds out what is new and reads it, several caption a photo each, and the caller's
/// thread commits the results in the photos' order in small transactions. Few photos are in flight at a time, so memory does not grow with their number.
/// What is in the store at any moment is what a slower batch would have put there: the first of the
/// photos, in their order.
package struct BatchRunner: Sendable {
  package struct Options: Equatable, Sendable {
    /// How many photos are captioned at a time, each on one thread.
    package var workers = 1
    /// Captions again what has a caption; the new one takes the place of the old.
    package var redoes = false
    /// Tries again what failed before and has not changed since.
    package var retriesFailures = false
    /// Whether the photos belong to the person's album from now on, which those of datasets do not.
    package var entersAlbum = true
    /// Where captions are written besides.
    package var writes = PhotoWriter.Options()
    /// After how many photos that were not known to stop; nil for no limit.
    package var limit: Int?

    package init() {}
  }

  private let store: Store
  private let captioner: PhotoCaptioner
  private let work: Work
  private let options: Options

  /// - Parameters:
  ///   - captioner: captions a photo on one thread.
  ///   - work: the captioner's model and options, as the store knows them.
  package init(store: Store, captioner: PhotoCaptioner, work: Work, options: Options) {
    self.store = store
    self.captioner = captioner
    self.work = work
    self.options = options
  }

  /// Captions photos until there are no more or the flag is raised, as it is here on a failure.
  ///
  /// - Parameters:
  ///   - run: the run's number in the store.
  ///   - photos: brings the next photo's path, nil when there are no more; called from another
  ///     thread, and may block as long as it looks at the flag.
  ///   - report: is told what became of photos, batch by batch, on the caller's thread.
  /// - Throws: `StoreError` where the store cannot be written (what was reported before is in it),
  ///   `CaptioningError.notFinite` where the model is broken, and what `report` throws. Nothing more
  ///   is begun then.
  package func run(
    _ run: Int64, photos: @escaping @Sendable () -> FilePath?, stop: StopFlag,
    report: @escaping ([BatchEvent]) throws -> Void
  ) throws {
    let writer = PhotoWriter(
      store: store, source: captioner.source, version: programVersion, options: options.writes)
    var recorder = OrderedRecorder(
      store: store, run: run, work: work, replacing: options.redoes,
      writer: options.writes.writesNothing ? nil : writer, report: report)
    let tried = Mutex(0)
    try withOrderedMap(threads: options.workers) { () -> Sight? in
      guard !stop.isRaised, tried.withLock(\.self) < options.limit ?? .max, let path = photos()
      else { return nil }
      let sight = try look(at: path)
      if sight.isTry { tried.withLock { $0 += 1 } }
      return sight
    } _: { sight in
      Result { try finding(sight) }
    } _: { results in
      do {
        while true {
          switch try results.next(before: recorder.deadline) {
          case .result(let finding): try recorder.add(finding.get())
          case .nothingYet: try recorder.flush()
          case .end: return try recorder.flush()
          }
        }
      } catch {
        stop.raise()
        throw error
      }
    }
  }

  /// What the store knows of a file, or else its bytes.
  ///
  /// - Throws: `StoreError`.
  private func look(at path: FilePath) throws -> Sight {
    do {
      var isKnown = false
      if let state = FileState(of: path) {
        switch try store.known(path, state, work, inAlbum: options.entersAlbum) {
        case .captioned(let caption) where !options.redoes:
          return .settled(Finding(path, state, kind: .alreadyCaptioned(caption)))
        case .failed(let kind, let reason) where !options.retriesFailures && !options.redoes:
          return .settled(Finding(path, state, kind: .failedBefore(kind, reason: reason)))
        case .unsettled: isKnown = !options.redoes
        default: break
        }
      }
      return .unread(path, try PhotoFile(at: path), isKnown: isKnown)
    } catch {
      return .settled(try Finding(error, path, FileState(of: path)))
    }
  }

  /// What was found out about a photo, which is captioned now unless that is known.
  ///
  /// - Throws: as `Finding`'s initialiser for errors.
  private func finding(_ sight: Sight) throws -> Finding {
    switch sight {
    case .settled(let finding): return finding
    case .unread(let path, let file, _):
      do {
        let photo = PhotoIdentity(of: file.bytes)
        if !options.redoes, let caption = try store.caption(of: photo, work) {
          return Finding(
            path, file.state, .alreadyThere(photo, PhotoFacts(of: file.bytes, at: path)),
            kind: .alreadyCaptioned(caption))
        }
        let described = try captioner.describe(
          bytes: file.bytes, identity: photo, name: path.string, at: path)
        return Finding(path, file.state, described.outcome, made: described.caption)
      } catch {
        return try Finding(error, path, file.state)
      }
    }
  }
}

/// What a look at a photo's file has shown.
private enum Sight: Sendable {
  case settled(Finding)
  /// - Parameter isKnown: whether it has not changed since it was captioned.
  case unread(FilePath, PhotoFile, isKnown: Bool)

  /// Whether it counts against the limit.
  var isTry: Bool {
    switch self {
    case .settled(let finding): finding.outcome != nil
    case .unread(_, _, let isKnown): !isKnown
    }
  }
}

/// What was found out about a photo.
private struct Finding: Sendable {
  let path: FilePath
  /// Nil where the file could not be read.
  let state: FileState?
  /// What the store is to record; nil for what it knows already.
  let outcome: Outcome?
  /// What there is to tell of it; nil where that depends on what the store has recorded.
  let kind: BatchEvent.Kind?
  /// The caption, where it was made now.
  let made: Caption?

  init(
    _ path: FilePath, _ state: FileState?, _ outcome: Outcome? = nil,
    kind: BatchEvent.Kind? = nil, made: Caption? = nil
  ) {
    self.path = path
    self.state = state
    self.outcome = outcome
    self.kind = kind
    self.made = made
  }

  /// A photo that failed.
  ///
  /// - Throws: the error, if the store does not answer or the model is broken: it would be the same
  ///   with every photo.
  init(_ error: any Error, _ path: FilePath, _ state: FileState?) throws {
    if error is StoreError { throw error }
    if case CaptioningError.notFinite = error { throw error }
    let failure = PhotoFailure(error, of: path.string)
    self.init(
      path, state, .failed(failure.kind, reason: failure.reason),
      kind: .failed(failure.kind, reason: failure.reason))
  }
}

/// Commits results in the order of the photos, many at a time.
private struct OrderedRecorder {
  let store: Store
  let run: Int64
  let work: Work
  let replacing: Bool
  let writer: PhotoWriter?
  let report: ([BatchEvent]) throws -> Void
  var ready: [Finding] = []
  /// When what is ready is to be committed at the latest; nil while nothing is.
  var deadline: Date?

  private static let mostAtOnce = 64
  private static let longestWait = 0.25

  mutating func add(_ finding: Finding) throws {
    if ready.isEmpty { deadline = Date(timeIntervalSinceNow: Self.longestWait) }
    ready.append(finding)
    if ready.count >= Self.mostAtOnce || deadline.map({ Date.now >= $0 }) ?? false { try flush() }
  }

  /// Commits what is ready, in one transaction, writes it beside or into the photos, and reports it.
  mutating func flush() throws {
    deadline = nil
    guard !ready.isEmpty else { return }
    defer { ready.removeAll() }
    let outcomes = ready.compactMap { finding in
      finding.outcome.map { (path: finding.path, state: finding.state, outcome: $0) }
    }
    var recorded = try store.record(
      outcomes, run: run, work: work, skipped: ready.count - outcomes.count, replacing: replacing
    )[...]
    try report(
      ready.map { finding in
        let answer = finding.outcome == nil ? nil : recorded.removeFirst()
        return try event(of: finding, answer)
      })
  }

  /// What became of a photo, once its caption stands wherever it was to be written.
  ///
  /// - Parameter recorded: what the store recorded of it.
  private func event(of finding: Finding, _ recorded: Recorded?) throws -> BatchEvent {
    var kind = finding.kind
    if case .captioned(let stored, let isNew)? = recorded {
      kind = isNew ? .captioned(stored) : .alreadyCaptioned(stored)
    }
    guard let kind else { preconditionFailure("a caption was not recorded") }
    var event = BatchEvent(
      path: finding.path, kind: kind, state: finding.state, outcome: finding.outcome,
      made: finding.made)
    guard let caption = kind.caption, let state = finding.state else { return event }
    if finding.outcome == nil {
      // What people wrote beside a photo since it was captioned; of others it has just been read.
      try store.add(HumanCaption.beside(finding.path), besides: caption.id)
    }
    if let writer {
      event.written = try writer.write(caption, of: finding.path, state, run: run) {
        event.unwritten.append($0)
      }
    }
    return event
  }
}
