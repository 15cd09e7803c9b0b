import ArgumentParser
import Batch
import Captioning
import Files
import Logging
import Store
import Synchronization
import SystemPackage

/// Keeps the captions of photos given one by one in the store. May be used from several threads.
///
/// The captions are what the user asked for: where the store fails, they are printed all the same. Of
/// the usual store a warning says that they are not kept; one that was named must work, and is a
/// failure like others.
final class CaptionKeeper: Sendable {
  private struct State {
    /// Begun with the first caption that is kept.
    var run: Int64?
    /// The store is done without once it fails.
    var failure: (any Error)?
    var isTold = false
  }

  private let store: Store
  private let work: Work
  private let isNamed: Bool
  private let logger: Logger
  private let state = Mutex(State())

  private init(_ store: Store, _ work: Work, isNamed: Bool, _ logger: Logger) {
    self.store = store
    self.work = work
    self.isNamed = isNamed
    self.logger = logger
  }

  /// - Returns: nil where the usual store cannot be used.
  /// - Throws: `StoreError` where a store that was named cannot be used.
  static func open(
    _ options: StoreOptions, _ bundle: ModelBundle, _ decoding: DecodingOptions, _ logger: Logger
  ) throws -> CaptionKeeper? {
    do {
      let store = try options.open(for: .create)
      let work = try store.work(
        ModelIdentity(bundle, store: store), options: decoding.canonical)
      return CaptionKeeper(store, work, isNamed: options.file != nil, logger)
    } catch let error as StoreError where options.file == nil {
      logger.warning("captions are not kept: \(sentence(of: error))")
      return nil
    }
  }

  /// The caption that the picture has from the same work.
  func caption(of photo: PhotoIdentity) -> StoredCaption? {
    attempt { _ in try store.caption(of: photo, work) } ?? nil
  }

  /// The photo that a caption from the store is of, as the store has it.
  func photo(of caption: StoredCaption) -> PhotoRecord? {
    attempt { _ in try store.photo(of: caption) } ?? nil
  }

  /// Keeps what became of a photo.
  func keep(_ outcome: Outcome, at path: FilePath, _ file: FileState, replacing: Bool) {
    _ = attempt { state in
      let run = try state.run ?? store.beginRun(.single, request: "{}", work: work)
      state.run = run
      _ = try store.record([(path, file, outcome)], run: run, work: work, replacing: replacing)
    }
    tell()
  }

  /// - Returns: the exit status where not all was kept that had to be.
  func close() -> ExitCode? {
    _ = attempt { state in
      if let run = state.run { try store.endRun(run, .finished) }
    }
    do {
      try store.close()
    } catch {
      // What failed before is the cause.
      _ = attempt { _ in throw error }
    }
    tell()
    guard isNamed else { return nil }
    return state.withLock(\.failure).map { exitStatus(of: $0) }
  }

  private func attempt<Value>(_ work: (inout State) throws -> Value) -> Value? {
    state.withLock { state in
      guard state.failure == nil else { return nil }
      do {
        return try work(&state)
      } catch {
        state.failure = error
        return nil
      }
    }
  }

  /// Says once that the store has failed.
  private func tell() {
    let failure = state.withLock { state -> (any Error)? in
      defer { state.isTold = state.failure != nil }
      return state.isTold ? nil : state.failure
    }
    guard let failure else { return }
    if isNamed {
      report(failure)
    } else {
      logger.warning("captions are not kept: \(sentence(of: failure))")
    }
  }
}
