import Batch
import Captioning
import Files
import Foundation
import Logging
import Store
import SystemPackage

/// Keeps the captions of photos given one by one in the store.
///
/// The captions are what the user asked for: where the usual store cannot be used, they are printed
/// all the same, and a warning says that they are not kept. A store that was named must work.
final class CaptionKeeper {
  private let store: Store
  private let work: Work
  private let isNamed: Bool
  private let logger: Logger
  /// Begun with the first caption that is kept.
  private var run: Int64?
  private var isBroken = false

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
  func caption(of bytes: [UInt8]) -> MachineCaption? {
    attempt { try store.caption(of: PhotoIdentity(of: bytes), work)?.caption } ?? nil
  }

  /// Keeps a new caption.
  func keep(
    _ caption: Caption, of bytes: [UInt8], at path: FilePath, _ state: FileState, replacing: Bool
  ) {
    let identity = PhotoIdentity(of: bytes)
    let described = DescribedPhoto(caption, bytes: bytes, identity: identity, at: path)
    record(
      .captioned(described.photo, described.machine, embedding: described.embedding), at: path,
      state, replacing: replacing)
  }

  /// Keeps where a picture that has a caption was found.
  func keep(_ bytes: [UInt8], at path: FilePath, _ state: FileState) {
    record(
      .alreadyThere(PhotoIdentity(of: bytes), PhotoFacts(of: bytes, at: path)), at: path, state,
      replacing: false)
  }

  func close() {
    _ = attempt {
      if let run { try store.endRun(run, .finished) }
      try store.close()
    }
  }

  private func record(
    _ outcome: Outcome, at path: FilePath, _ state: FileState, replacing: Bool
  ) {
    _ = attempt {
      let run = try self.run ?? store.beginRun(.single, request: "{}", work: work)
      self.run = run
      _ = try store.record([(path, state, outcome)], run: run, work: work, replacing: replacing)
    }
  }

  /// Does without the store once it fails, having said so.
  private func attempt<Value>(_ work: () throws -> Value) -> Value? {
    guard !isBroken else { return nil }
    do {
      return try work()
    } catch {
      isBroken = true
      logger.warning("captions are not kept: \(sentence(of: error))")
      return nil
    }
  }
}
