import ArgumentParser
import Sentiment

/// Reports the texts that have no result, so that the others go on.
struct TextFailures {
  /// The exit status of the first.
  private(set) var first: ExitCode?

  /// Classifies texts.
  ///
  /// - Returns: an answer for each of them.
  /// - Throws: as `SentimentLabeller.classify`.
  mutating func answers(
    to texts: [TextInput.Text], _ labeller: SentimentLabeller, explains: Bool
  ) throws -> [SentimentAnswer] {
    let results = try labeller.classify(texts.compactMap(\.text), explains: explains)
    var next = results.startIndex
    return texts.map { text in
      var fault = text.fault
      var result: ClassifiedText?
      if text.text != nil {
        switch results[next] {
        case .success(let classified): result = classified
        // Blank lines stand between texts; who names a text means one.
        case .failure(.empty) where text.line != nil: break
        case .failure(let error): fault = "\(error)"
        }
        next += 1
      }
      if let fault { add(text.name, fault) }
      return SentimentAnswer(line: text.line, text: text.text, result: result, fault: fault)
    }
  }

  mutating func add(_ name: String, _ reason: String) {
    first = first ?? ExitCode(65)
    note(name + reason)
  }
}
