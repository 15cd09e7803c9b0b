import Store

extension ClassifiedText {
  /// What the store keeps of it.
  var stored: SentimentLabel {
    SentimentLabel(
      label: label, probability: probability,
      probabilities: Dictionary(uniqueKeysWithValues: probabilities.map { ($0, $1) }))
  }
}

extension SentimentLabel {
  /// That of a text of which nothing can be known.
  init(unknownAmong labels: [String], called neutral: String) {
    let share = 1 / Double(labels.count)
    self.init(
      label: neutral, probability: share,
      probabilities: Dictionary(uniqueKeysWithValues: labels.map { ($0, share) }))
  }
}
