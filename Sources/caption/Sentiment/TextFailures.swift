import ArgumentParser
import Sentiment

/// Reports the texts that have no result, so that the others go on.
struct TextFailures {
  /// The exit status of the first.
  private(set) var first: ExitCode?

  /// Classifies texts.
  ///
  /// - Returns: those that have a result.
  /// - Throws: as `SentimentLabeller.classify`.
  mutating func sieve(
    _ texts: [TextInput.Text], _ labeller: SentimentLabeller, explains: Bool
  ) throws -> [NumberedText] {
    let results = try labeller.classify(texts.compactMap(\.text), explains: explains)
    var next = results.startIndex
    return texts.compactMap { text in
      guard text.text != nil else {
        add(text.name, text.fault ?? "it cannot be read")
        return nil
      }
      defer { next += 1 }
      switch results[next] {
      case .success(let labelled): return (text.line, labelled)
      case .failure(let error):
        add(text.name, "\(error)")
        return nil
      }
    }
  }

  mutating func add(_ name: String, _ reason: String) {
    first = first ?? ExitCode(65)
    note(name + reason)
  }
}
