internal import Captioning
internal import Files
internal import Foundation
internal import NeuralNet
package import Store
package import SystemPackage

/// Captions many photos, on all cores, into a store.
///
/// One thread finds out what is new and reads it, several caption a photo each, and the caller's
/// thread puts the results back into the order of the photos and commits them in small
/// transactions. Few photos are in flight at a time, so memory does not grow with their number.
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
    let flight = Flight(workers: options.workers)
    let threads = DispatchGroup()
    start(in: threads) { read(photos, into: flight) { stop.isRaised } }
    for _ in 0..<options.workers {
      start(in: threads) { caption(flight) }
    }
    threads.notify(queue: .global()) { flight.results.close() }
    defer { threads.wait() }
    let writer = PhotoWriter(
      store: store, model: captioner.captioner.bundle.configuration.name, version: programVersion,
      options: options.writes)
    var recorder = OrderedRecorder(
      store: store, run: run, work: work, replacing: options.redoes,
      writer: options.writes.writesNothing ? nil : writer, report: report)
    do {
      while true {
        switch flight.results.next(before: recorder.deadline) {
        case .element(let result): try recorder.add(result) { flight.window.signal() }
        case .nothingYet: try recorder.flush()
        case .closed:
          try recorder.flush()
          return
        }
      }
    } catch {
      stop.raise()
      flight.abandon()
      throw error
    }
  }

  private func start(in group: DispatchGroup, _ work: @escaping @Sendable () -> Void) {
    group.enter()
    Thread {
      work()
      group.leave()
    }.start()
  }

  /// Reads the photos that are new and hands them to the captioning threads.
  private func read(
    _ photos: @Sendable () -> FilePath?, into flight: Flight, unless isStopped: () -> Bool
  ) {
    defer { flight.jobs.close() }
    var index = 0
    var tried = 0
    while !isStopped(), tried < options.limit ?? .max, let path = photos() {
      flight.window.wait()
      let finding = look(at: path)
      switch finding {
      case .unread(let file, let isKnown):
        if !isKnown { tried += 1 }
        flight.jobs.add(Job(index: index, path: path, file: file))
      case .failed:
        tried += 1
        fallthrough
      default:
        flight.results.add(Result(index: index, path: path, finding: finding))
      }
      index += 1
    }
  }

  /// What the store knows of a file, or else its bytes.
  private func look(at path: FilePath) -> Finding {
    do {
      var isKnown = false
      if let state = FileState(of: path) {
        switch try store.known(path, state, work, inAlbum: options.entersAlbum) {
        case .captioned(let caption) where !options.redoes: return .known(state, caption)
        case .failed(let kind, let reason) where !options.retriesFailures && !options.redoes:
          return .failedBefore(kind, reason: reason)
        case .unsettled: isKnown = !options.redoes
        default: break
        }
      }
      return .unread(try PhotoFile(at: path), isKnown: isKnown)
    } catch {
      return Finding(error, path: path, state: FileState(of: path))
    }
  }

  /// Captions photos until no more come.
  private func caption(_ flight: Flight) {
    while case .element(let job) = flight.jobs.next() {
      flight.results.add(
        Result(index: job.index, path: job.path, finding: describe(job.file, at: job.path)))
    }
  }

  private func describe(_ file: PhotoFile, at path: FilePath) -> Finding {
    do {
      let photo = PhotoIdentity(of: file.bytes)
      if !options.redoes, let caption = try store.caption(of: photo, work) {
        return .samePicture(file.state, photo, PhotoFacts(of: file.bytes, at: path), caption)
      }
      return .described(
        file.state,
        try captioner.describe(bytes: file.bytes, identity: photo, name: path.string, at: path))
    } catch {
      return Finding(error, path: path, state: file.state)
    }
  }
}

/// The photos in flight.
private struct Flight: Sendable {
  /// Lets so many photos be under way between the reader and the recorder.
  let window: DispatchSemaphore
  let jobs: BoundedQueue<Job>
  let results: BoundedQueue<Result>

  init(workers: Int) {
    let places = 2 * workers + 2
    // Not with its value at once: libdispatch ends the program when a semaphore goes away with less
    // than it began with, as it does when a batch is abandoned.
    window = DispatchSemaphore(value: 0)
    for _ in 0..<places { window.signal() }
    jobs = BoundedQueue(capacity: places)
    results = BoundedQueue(capacity: places)
  }

  /// Lets all threads come to their end; what is under way is dropped.
  func abandon() {
    jobs.close()
    results.close()
    window.signal()
  }
}

/// A photo that has been read.
private struct Job: Sendable {
  let index: Int
  let path: FilePath
  let file: PhotoFile
}

/// What was found out about a photo.
private struct Result: Sendable {
  let index: Int
  let path: FilePath
  let finding: Finding
}

private enum Finding: Sendable {
  /// - Parameter isKnown: whether it has not changed since it was captioned.
  case unread(PhotoFile, isKnown: Bool)
  /// The file has not changed since it was captioned.
  case known(FileState, StoredCaption)
  /// The file is new or has changed, its picture is not and has not.
  case samePicture(FileState, PhotoIdentity, PhotoFacts, StoredCaption)
  case described(FileState, DescribedPhoto)
  case failed(FileState?, FailureKind, reason: String)
  case failedBefore(FailureKind, reason: String)
  /// The store does not answer, or the model is broken: it would be the same with every photo.
  case broken(any Error)

  init(_ error: any Error, path: FilePath, state: FileState?) {
    if error is StoreError {
      self = .broken(error)
      return
    }
    if case CaptioningError.notFinite = error {
      self = .broken(error)
      return
    }
    let failure = PhotoFailure(error, of: path.string)
    self = .failed(state, failure.kind, reason: failure.reason)
  }
}

/// Puts results back into the order of the photos and commits them, many at a time.
private struct OrderedRecorder {
  let store: Store
  let run: Int64
  let work: Work
  let replacing: Bool
  let writer: PhotoWriter?
  let report: ([BatchEvent]) throws -> Void
  /// Results that are ahead of their turn.
  private var early: [Int: Result] = [:]
  private var next = 0
  private var ready: [Result] = []
  /// When what is ready is to be committed at the latest; nil while nothing is.
  private(set) var deadline: Date?

  private static let mostAtOnce = 64
  private static let longestWait = 0.25

  init(
    store: Store, run: Int64, work: Work, replacing: Bool, writer: PhotoWriter?,
    report: @escaping ([BatchEvent]) throws -> Void
  ) {
    self.store = store
    self.run = run
    self.work = work
    self.replacing = replacing
    self.writer = writer
    self.report = report
  }

  /// - Parameter inOrder: called for each result whose turn has come.
  mutating func add(_ result: Result, inOrder: () -> Void) throws {
    early[result.index] = result
    while let result = early.removeValue(forKey: next) {
      if ready.isEmpty { deadline = Date(timeIntervalSinceNow: Self.longestWait) }
      ready.append(result)
      next += 1
      inOrder()
    }
    if ready.count >= Self.mostAtOnce || deadline.map({ Date.now >= $0 }) ?? false { try flush() }
  }

  /// Commits what is ready, in one transaction, writes it beside or into the photos, and reports it.
  mutating func flush() throws {
    deadline = nil
    guard !ready.isEmpty else { return }
    defer { ready.removeAll() }
    var outcomes: [(path: FilePath, state: FileState?, outcome: Outcome)] = []
    var skipped = 0
    for result in ready {
      switch result.finding {
      case .described(let state, let described):
        outcomes.append(
          (
            result.path, state,
            .captioned(described.photo, described.machine, embedding: described.embedding)
          ))
      case .samePicture(let state, let photo, let facts, _):
        outcomes.append((result.path, state, .alreadyThere(photo, facts)))
      case .failed(let state, let kind, let reason):
        outcomes.append((result.path, state, .failed(kind, reason: reason)))
      case .known, .failedBefore: skipped += 1
      case .broken(let error): throw error
      case .unread: preconditionFailure("a photo came back unread")
      }
    }
    var recorded = try store.record(
      outcomes, run: run, work: work, skipped: skipped, replacing: replacing
    )[...]
    var events: [BatchEvent] = []
    for result in ready {
      switch result.finding {
      case .described(let state, let described):
        guard case .captioned(let stored, let isNew)? = recorded.popFirst() else {
          preconditionFailure("a caption was not recorded")
        }
        events.append(
          try written(
            stored, state,
            BatchEvent(
              path: result.path, kind: isNew ? .captioned(stored) : .alreadyCaptioned(stored),
              faults: described.caption.faults)))
      case .samePicture(let state, _, _, let caption):
        recorded.removeFirst()
        events.append(
          try written(
            caption, state, BatchEvent(path: result.path, kind: .alreadyCaptioned(caption))))
      case .known(let state, let caption):
        // What people wrote beside a photo since it was captioned; of others it has just been read.
        try store.add(HumanCaption.beside(result.path), besides: caption.id)
        events.append(
          try written(
            caption, state, BatchEvent(path: result.path, kind: .alreadyCaptioned(caption))))
      case .failed(_, let failure, let reason):
        recorded.removeFirst()
        events.append(BatchEvent(path: result.path, kind: .failed(failure, reason: reason)))
      case .failedBefore(let failure, let reason):
        events.append(BatchEvent(path: result.path, kind: .failedBefore(failure, reason: reason)))
      case .broken, .unread: preconditionFailure("a result that was refused before")
      }
    }
    try report(events)
  }

  /// The event, once its caption stands wherever it was to be written.
  private func written(_ caption: StoredCaption, _ state: FileState, _ event: BatchEvent) throws
    -> BatchEvent
  {
    guard let writer else { return event }
    var event = event
    event.written = try writer.write(caption, of: event.path, state, run: run) {
      event.unwritten.append($0)
    }
    return event
  }
}
