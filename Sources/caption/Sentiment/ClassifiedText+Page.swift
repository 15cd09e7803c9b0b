import Gallery

extension ClassifiedText {
  /// The text as a page shows it.
  var pageText: SentimentPage.Text {
    SentimentPage.Text(
      label: label, probabilities: probabilities,
      pieces: pieces.map { .init(text: $0.text, logOdds: $0.word?.leaning, step: $0.step) },
      strongest: strongestWords(8).map { ($0.text, $0.leaning) })
  }
}
