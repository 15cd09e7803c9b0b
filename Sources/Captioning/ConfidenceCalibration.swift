internal import Foundation

/// How the log probabilities of a caption become the chance that it is right: logistic regression
/// over a few features, fitted on captions of photos that the model did not learn from. It stands
/// in a model's `config.json` under the key `confidence`.
///
/// Right is a caption whose score against its photo's references is at least `threshold`. The chance
/// holds for photos like those of `data`, captioned with the model's own decoding options.
public struct ConfidenceCalibration: Codable, Equatable, Sendable {
  /// What of a caption tells how likely it is to be right.
  public enum Feature: String, Codable, CaseIterable, Sendable {
    /// The log probability of the sentence by the number of its words and its end.
    case logProbabilityPerToken = "log_probability_per_token"
    /// The log probability of the least likely word.
    case lowestWordLogProbability = "lowest_word_log_probability"
    case wordCount = "word_count"
  }

  /// What a feature adds to the log-odds: weight · (value − mean) / deviation.
  public struct Term: Codable, Equatable, Sendable {
    public let feature: Feature
    /// Of the captions that it was fitted on.
    public let mean: Double
    /// Of the captions that it was fitted on; above 0.
    public let deviation: Double
    public let weight: Double

    package init(feature: Feature, mean: Double, deviation: Double, weight: Double) {
      self.feature = feature
      self.mean = mean
      self.deviation = deviation
      self.weight = weight
    }
  }

  /// What captions were scored by, such as “CIDEr-D”.
  public let measure: String
  /// The least score of a right caption, CIDEr-D with its factor of ten.
  public let threshold: Double
  /// The names of the datasets' splits, such as “flickr8k-val”.
  public let data: [String]
  /// How many captions it was fitted on.
  public let captions: Int
  /// The log-odds where every feature has its mean.
  public let intercept: Double
  public let terms: [Term]

  package init(
    measure: String, threshold: Double, data: [String], captions: Int, intercept: Double,
    terms: [Term]
  ) {
    self.measure = measure
    self.threshold = threshold
    self.data = data
    self.captions = captions
    self.intercept = intercept
    self.terms = terms
  }

  /// - Throws: `DecodingError`, also for numbers that are not finite and deviations not above 0.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    measure = try values.decode(String.self, forKey: .measure)
    threshold = try values.decode(Double.self, forKey: .threshold)
    data = try values.decode([String].self, forKey: .data)
    captions = try values.decode(Int.self, forKey: .captions)
    intercept = try values.decode(Double.self, forKey: .intercept)
    terms = try values.decode([Term].self, forKey: .terms)
    func check(_ holds: Bool, _ key: CodingKeys, _ reason: String) throws {
      guard !holds else { return }
      throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: reason)
    }
    try check(threshold.isFinite, .threshold, "\(threshold) is not finite")
    try check(intercept.isFinite, .intercept, "\(intercept) is not finite")
    for term in terms {
      let name = term.feature.rawValue
      let isFinite = term.mean.isFinite && term.weight.isFinite && term.deviation.isFinite
      try check(isFinite, .terms, "a number of “\(name)” is not finite")
      try check(term.deviation > 0, .terms, "the deviation of “\(name)” is \(term.deviation)")
    }
  }

  /// The chance, from 0 to 1, that a caption is right; 0 for one of no words.
  package func chance(of caption: CaptionLikelihood) -> Double {
    guard !caption.words.isEmpty else { return 0 }
    let logOdds = terms.reduce(intercept) { sum, term in
      sum + term.weight * (caption[term.feature] - term.mean) / term.deviation
    }
    return 1 / (1 + exp(-logOdds))
  }
}

/// How likely a model found a caption.
package struct CaptionLikelihood: Equatable, Sendable {
  /// The natural logarithm of each word's probability.
  package let words: [Double]
  /// The natural logarithm of the probability of the whole sentence, its end included.
  package let sentence: Double

  package init(words: [Double], sentence: Double) {
    // Rounding may leave a probability a little above 1.
    self.words = words.map { min(0, $0) }
    self.sentence = min(0, sentence)
  }

  /// - Precondition: there are words.
  package subscript(feature: ConfidenceCalibration.Feature) -> Double {
    switch feature {
    case .logProbabilityPerToken: sentence / Double(words.count + 1)
    case .lowestWordLogProbability: words.reduce(0, min)
    case .wordCount: Double(words.count)
    }
  }

  /// The geometric mean of the words' probabilities, from 0 to 1; 0 where there are no words.
  package var geometricMean: Double {
    words.isEmpty ? 0 : exp(words.reduce(0, +) / Double(words.count))
  }
}
