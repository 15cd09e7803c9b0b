import Datasets
import Foundation
import Metrics

/// What captions score, for JSON: as fractions, as pycocoevalcap prints them.
struct ScoreReport: Encodable {
  let scoringProtocol: ScoringProtocol
  /// What should be known of the files; nil where that is nothing.
  let notes: [String]?
  let scores: [String: Double]
  let diversity: Diversity
  let images: [ScoredImage]?
  let explanation: ScoreExplanation?

  private enum CodingKeys: String, CodingKey {
    case scores, diversity, images, explanation, notes
    case scoringProtocol = "protocol"
  }
}

/// An image's caption and what it scores.
struct ScoredImage: Encodable {
  let id: COCOIdentifier
  let fileName: String?
  let caption: String
  let scores: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case id, caption, scores
    case fileName = "file_name"
  }

  init(_ image: ScoreInput.Image, index: Int, _ scores: CaptionScores) {
    id = image.id
    fileName = image.fileName
    caption = image.caption
    self.scores = scores.byName(ofImage: index)
  }
}
