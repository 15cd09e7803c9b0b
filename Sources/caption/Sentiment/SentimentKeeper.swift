import Batch
import Files
import Foundation
import Logging
import Sentiment
import Store

/// Keeps what a model made of texts in the store, which is opened with the first of them.
///
/// The results are what the user asked for: where the usual store cannot be used, they are printed
/// all the same, and a warning says that they are not kept. A store that was named must work.
final class SentimentKeeper {
  private let options: StoreOptions
  private let labeller: SentimentLabeller
  private let logger: Logger
  private var place: (store: Store, model: SentimentModel)?
  private var isBroken = false

  init(_ options: StoreOptions, _ labeller: SentimentLabeller, _ logger: Logger) {
    self.options = options
    self.labeller = labeller
    self.logger = logger
  }

  /// - Throws: `StoreError` where a store that was named cannot be used.
  func keep(_ texts: [ClassifiedText]) throws {
    guard !isBroken, !texts.isEmpty else { return }
    do {
      let place = try place ?? open()
      self.place = place
      try place.store.enter(
        texts.map { (text: $0.text, sentiment: $0.stored) }, by: place.model)
    } catch let error where options.file == nil {
      isBroken = true
      logger.warning("results are not kept: \(sentence(of: error))")
    }
  }

  /// - Throws: `StoreError` where a store that was named cannot be closed in order.
  func close() throws {
    do {
      try place?.store.close()
    } catch let error where options.file == nil {
      logger.warning("results may not have been kept: \(sentence(of: error))")
    }
    place = nil
  }

  private func open() throws -> (store: Store, model: SentimentModel) {
    let store = try options.open(for: .create)
    return (store, try SentimentModel(labeller, store))
  }
}

extension SentimentModel {
  /// A model as the store knows it. What it says depends on how sure it must be, so that another
  /// threshold is another model.
  ///
  /// - Parameter store: remembers the hash of the model's files.
  /// - Throws: `StoreError`; `ModelFolderError` where a file of the model has gone.
  init(_ labeller: SentimentLabeller, _ store: Store) throws {
    let classifier = labeller.classifier
    let files = try ContentHash(
      ofModel: classifier.folder, files: classifier.files, store: store)
    let threshold = "\(labeller.threshold)"
    let isUsual = labeller.threshold == SentimentLabeller.usualThreshold
    self.init(
      name: classifier.configuration.name + (isUsual ? "" : ", neutral below \(threshold)"),
      contentHash: ContentHash(of: files.bytes + Array(threshold.utf8)),
      labels: labeller.allLabels)
  }
}
