/// What common labels are called here: `negative`, `neutral`, `positive`.
package enum CanonicalLabels {
  /// The names of those among the labels that have one. Numbers mean these only where there are two
  /// of them, 0 and 1 or -1 and 1; others may count stars, or be anything.
  package static func names(of labels: Set<String>) -> [String: String] {
    if labels == ["0", "1"] { return ["0": "negative", "1": "positive"] }
    if labels == ["-1", "1"] { return ["-1": "negative", "1": "positive"] }
    var names: [String: String] = [:]
    for label in labels {
      switch label.lowercased() {
      case "neg", "negative": names[label] = "negative"
      case "neutral": names[label] = "neutral"
      case "pos", "positive": names[label] = "positive"
      default: break
      }
    }
    return names
  }
}
