import ArgumentParser
import Batch
import Store

/// Labels the captions in the store.
struct CaptionLabelling {
  let labeller: SentimentLabeller
  let storeOptions: StoreOptions
  let style: Progress.Style
  let isQuiet: Bool
  let asJSON: Bool

  /// - Throws: `StoreError`; `ExitCode` where it was interrupted.
  func run() throws {
    try storeOptions.with(.write) { store in
      let model = try SentimentModel(labeller, store)
      let interruption = Interruption(isQuiet: isQuiet)
      defer { interruption.end() }
      var bar = Progress(
        total: try store.unlabelledCaptions(by: model.contentHash), unit: "captions", style: style,
        isQuiet: isQuiet)
      let start = ContinuousClock.now
      var done = 0
      let counts = try store.labelCaptions(
        by: model,
        progress: { counts in
          let new = counts.captions - done
          bar.advance(by: new, worked: new, failed: 0)
          done = counts.captions
        },
        { texts in interruption.flag.isRaised ? nil : try sentiments(texts) })
      bar.finish()
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      let summary =
        "labelled \(counts.captions) captions (\(counts.texts) different texts) in "
        + Progress.duration(seconds)
      if let status = interruption.exitStatus {
        if !isQuiet { note("interrupted: \(summary); the same command goes on from here") }
        throw ExitCode(status)
      }
      if !isQuiet { note(summary) }
      try print(counts, store.captionsBySentiment())
    }
  }

  /// Captions that say nothing are neutral.
  private func sentiments(_ texts: [String]) throws -> [SentimentLabel] {
    let neutral = labeller.allLabels.last ?? ""
    return try labeller.classify(texts, explains: false).map { result in
      switch result {
      case .success(let text): text.stored
      case .failure: SentimentLabel(unknownAmong: labeller.labels, called: neutral)
      }
    }
  }

  private func print(_ counts: LabellingCounts, _ labels: [StoreStatistics.Count]) throws {
    guard asJSON else { return try printRows(labels.map { ($0.name, "\($0.count)") }) }
    struct Record: Encodable {
      let labelled: Int
      let texts: Int
      /// Of all captions.
      let captions: [String: Int]
    }
    try printLine(
      jsonLine(
        Record(
          labelled: counts.captions, texts: counts.texts,
          captions: Dictionary(uniqueKeysWithValues: labels.map { ($0.name, $0.count) }))))
  }
}
