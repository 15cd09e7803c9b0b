/// How scores were come by: what a number needs so that another one can be compared with it.
package struct ScoringProtocol: Codable, Equatable, Sendable {
  package let tokenizer: String
  /// What each metric is, by its name.
  package let metrics: [String: String]
  package let images: Int
  package let references: Int
  /// What has to be known to understand the scores, in a sentence; nil where nothing has.
  package let note: String?

  /// - Parameter metrics: those that were scored by.
  package init(_ corpus: CaptionCorpus, metrics: [Metric]) {
    tokenizer = "PTB, as in pycocoevalcap 1.2"
    self.metrics = Dictionary(
      uniqueKeysWithValues: metrics.map { ($0.rawValue, Self.definition(of: $0)) })
    images = corpus.count
    references = corpus.references.reduce(0) { $0 + $1.count }
    note =
      metrics.contains(.ciderD) && CIDErD.isZeroByDefinition(for: corpus)
      ? Self.noteOnCIDEr(images: corpus.count) : nil
  }

  private static func noteOnCIDEr(images: Int) -> String {
    "CIDEr-D is 0 by definition: it weighs words by the logarithm of how few images have them, "
      + (images == 1
        ? "and log(1/1) is 0; it needs more than one image"
        : "and here all \(images) images’ references have the same words")
  }

  /// The protocol and the note as names and texts.
  package var rows: [(String, String)] {
    (note.map { [("note", $0)] } ?? []) + [("protocol", sentence)]
  }

  /// In a line.
  package var sentence: String {
    var parts: [(names: [String], definition: String)] = []
    for name in Metric.allCases.map(\.rawValue) {
      guard let definition = metrics[name] else { continue }
      if let last = parts.indices.last, parts[last].definition == definition {
        parts[last].names.append(name)
      } else {
        parts.append(([name], definition))
      }
    }
    return "\(images) images, \(references) references; tokens: \(tokenizer); "
      + parts.map { "\($0.joined(separator: ", ")): \($1)" }.joined(separator: "; ")
  }

  private static func definition(of metric: Metric) -> String {
    switch metric {
    case .bleu1, .bleu2, .bleu3, .bleu4, .rougeL, .ciderD: "as in pycocoevalcap 1.2"
    case .meteorExactStem:
      "METEOR 1.5's formula over this program's alignments of equal words and stems"
    case .meteor: "by the METEOR archive that METEOR_JAR names"
    }
  }
}
