package import Files
internal import Foundation
internal import GRDB

extension Store {
  /// How many captions have no label by the model: what `labelCaptions` would go through.
  ///
  /// - Throws: `StoreError`.
  package func unlabelledCaptions(by model: ContentHash) throws -> Int {
    try read { database in
      try Int.fetchOne(
        database,
        sql: """
          SELECT (SELECT count(*) FROM captions) - (
            SELECT count(*) FROM caption_sentiments
            WHERE model_id = (SELECT id FROM sentiment_models WHERE content_hash = ?))
          """, arguments: [model.data]) ?? 0
    }
  }

  /// Labels the captions that have no label by the model yet, in the order in which they were
  /// entered: people's and models', each text once however many captions say it. Labels by another
  /// model give way; should that be asked for again, its results are still there.
  ///
  /// Each batch is a transaction, and nothing is locked while the model is at work: whatever ends
  /// it, the next call goes on behind the last batch.
  ///
  /// - Parameters:
  ///   - batch: how many captions at a time, from 1.
  ///   - label: is given different texts that the model has not seen before, and returns what it
  ///     makes of them, in their order; nil to stop.
  ///   - progress: is told what has been done so far, after each batch.
  /// - Returns: what was done.
  /// - Throws: `StoreError`, and what `label` throws.
  package func labelCaptions(
    by model: SentimentModel, batch: Int = 1_000, progress: (LabellingCounts) -> Void = { _ in },
    _ label: (_ texts: [String]) throws -> [SentimentLabel]?
  ) throws -> LabellingCounts {
    precondition(batch > 0, "captions are to be labelled in batches of \(batch)")
    let modelID = try write {
      try $0.number(
        entering: SentimentModelRow(model, at: Timestamp.now.text),
        onConflict: SentimentModelRow.replacing)
    }
    var counts = LabellingCounts()
    var last: Int64 = 0
    while case let captions = try read({
      try $0.captions(after: last, withoutLabelBy: modelID, limit: batch)
    }), let end = captions.last?.id {
      let unseen = try read { try $0.unseenTexts(of: captions, model: modelID) }
      var results: [ContentHash: SentimentLabel] = [:]
      if !unseen.isEmpty {
        guard let sentiments = try label(unseen.map(\.text)) else { return counts }
        precondition(
          sentiments.count == unseen.count, "\(sentiments.count) results for \(unseen.count) texts")
        for (text, sentiment) in zip(unseen, sentiments) { results[text.hash] = sentiment }
      }
      counts.captions += try write { try $0.label(captions, results, model: modelID) }
      counts.texts += unseen.count
      last = end
      progress(counts)
    }
    return counts
  }
}

/// A caption that is to be labelled.
private struct UnlabelledCaption {
  let id: Int64
  let text: SentimentText
}

extension Database {
  fileprivate func captions(after last: Int64, withoutLabelBy model: Int64, limit: Int) throws
    -> [UnlabelledCaption]
  {
    try Row.fetchAll(
      cachedStatement(
        sql: """
          SELECT id, text FROM captions LEFT JOIN caption_sentiments AS s ON s.caption_id = id
          WHERE id > ? AND s.model_id IS NOT ? ORDER BY id LIMIT ?
          """), arguments: [last, model, limit]
    ).map { try UnlabelledCaption(id: $0.value("id"), text: SentimentText($0.value("text"))) }
  }

  /// The texts of captions of which there is no result by the model: each once, in their order.
  fileprivate func unseenTexts(of captions: [UnlabelledCaption], model: Int64) throws
    -> [SentimentText]
  {
    var seen: Set<ContentHash> = []
    return try captions.map(\.text).filter { text in
      try seen.insert(text.hash).inserted && sentiment(ofText: text.hash, model: model) == nil
    }
  }

  /// Labels captions by new results, and by those that were there.
  ///
  /// - Returns: how many were labelled; captions that have changed meanwhile are not.
  fileprivate func label(
    _ captions: [UnlabelledCaption], _ results: [ContentHash: SentimentLabel], model: Int64
  ) throws -> Int {
    let now = Timestamp.now.text
    return try captions.count { caption in
      let text = try String.fetchOne(
        cachedStatement(sql: "SELECT text FROM captions WHERE id = ?"), arguments: [caption.id])
      guard text.map({ $0.utf8.elementsEqual(caption.text.text.utf8) }) == true else {
        return false
      }
      if let sentiment = results[caption.text.hash] {
        try enter(sentiment, of: caption.text, isGiven: false, model: model, at: now)
      }
      return try label(caption: caption.id, text: caption.text.hash, model: model)
    }
  }
}
