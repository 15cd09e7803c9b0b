/// What was measured, and how: stands on every report.
package struct ScoringProtocol: Codable, Equatable, Sendable {
  package var tokenizer = "PTB, lower-cased, punctuation removed, as pycocoevalcap 1.2"
  package var metrics =
    "BLEU-1 to 4, ROUGE-L and CIDEr-D as pycocoevalcap 1.2; METEOR-exact-stem: METEOR 1.5's "
    + "formula over exact and stem matches, not METEOR"
  package var documentFrequencies = "of the references of the photos that are scored"
  package let photos: Int
  /// Photos of the split that have no caption and are not scored.
  package let missing: Int
  package let references: Int
  package let program: String

  enum CodingKeys: String, CodingKey, CaseIterable {
    case tokenizer, metrics
    case documentFrequencies = "document_frequencies"
    case photos, missing, references, program
  }

  /// - Parameter program: name and version of what scores.
  package init(photos: Int, missing: Int, references: Int, program: String) {
    self.photos = photos
    self.missing = missing
    self.references = references
    self.program = program
  }
}
