import Store

extension StoreCounts {
  /// For a table: what is counted, and how many there are.
  var rows: [(String, String)] {
    [
      ("images", "\(images)"), ("files", "\(files)"),
      ("captions", "\(captions)"), ("human captions", "\(humanCaptions)"),
      ("embeddings", "\(embeddings)"), ("models", "\(models)"),
      ("sentiments", "\(sentiments)"),
      ("runs", "\(runs)"), ("open failures", "\(openFailures)"),
    ]
  }
}
