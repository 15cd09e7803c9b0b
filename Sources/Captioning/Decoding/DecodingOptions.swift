internal import Foundation

/// How captions are searched for: a model's defaults stand in its `config.json` under the key
/// `decoding`.
public struct DecodingOptions: Codable, Equatable, Sendable {
  /// How many partial captions beam search keeps; 1 is greedy search.
  public var beamWidth = 5
  /// The most tokens of a caption, its end token included.
  public var maximumLength = 20
  /// The fewest tokens before the end token.
  public var minimumLength = 0
  public var lengthPenalty = LengthPenalty.average
  /// No run of this many tokens occurs twice in a caption; 0 allows all.
  public var noRepeatNGram = 0
  /// Words that no caption may have; nil stands for the vocabulary's padding, start and unknown
  /// tokens.
  public var neverEmit: [String]?
  /// How many captions are returned, best first.
  public var top = 1
  /// Into how many groups the beam is divided, each kept away from the words that the groups before
  /// it chose at the same place (diverse beam search, Vijayakumar et al., arXiv 1610.02424).
  public var diverseGroups = 1
  /// What a word loses, in units of log probability, each time an earlier group chose it at the
  /// same place.
  public var diversityStrength: Float = 0.5
  /// Set to draw captions at random instead of searching: log probabilities are divided by it.
  /// Below 1 the likely words become likelier.
  public var temperature: Float?
  /// Set to draw at random from this many of the likeliest words.
  public var topK: Int?
  /// Set to draw at random from the fewest words that together have this probability (nucleus
  /// sampling, arXiv 1904.09751).
  public var topP: Float?
  /// What the random draws follow from.
  public var seed: UInt64 = 0
  /// Words that every caption has, in the singular or the plural and in any case (constrained beam
  /// search, Anderson et al., arXiv 1612.00576); of a text of several words, each. Together at most
  /// `mostRequiredWords`, and not for captions that are drawn at random.
  public var say: [String] {
    get { requiredTexts ?? [] }
    set { requiredTexts = newValue.isEmpty ? nil : newValue }
  }
  /// Nil rather than empty: options that ask for no words are written as they always were.
  private var requiredTexts: [String]?

  /// How many words captions may be required to have: each doubles the work of the search.
  public static let mostRequiredWords = 4

  public init() {}

  /// Whether captions are drawn at random.
  public var isSampling: Bool { temperature != nil || topK != nil || topP != nil }

  /// The words of `say` in lower case, each once.
  package var requiredWords: [String] {
    say.flatMap { $0.lowercased().split(whereSeparator: \.isWhitespace).map(String.init) }
      .reduce(into: []) { words, word in if !words.contains(word) { words.append(word) } }
  }

  /// How many partial captions are alive at a time, at most: a beam for each set of required words.
  package var rows: Int { isSampling ? top : beamWidth << requiredWords.count }

  enum CodingKeys: String, CodingKey, CaseIterable {
    case top, temperature, seed
    case beamWidth = "beam_width"
    case maximumLength = "maximum_length"
    case minimumLength = "minimum_length"
    case lengthPenalty = "length_penalty"
    case noRepeatNGram = "no_repeat_ngram"
    case neverEmit = "never_emit"
    case diverseGroups = "diverse_groups"
    case diversityStrength = "diversity_strength"
    case topK = "top_k"
    case topP = "top_p"
    case requiredTexts = "say"
  }

  /// Absent keys keep their defaults.
  ///
  /// - Throws: `DecodingError` for a value of a wrong type or an unknown length penalty; ranges are
  ///   checked by `validate()`.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func set<Value: Decodable>(_ property: inout Value, _ key: CodingKeys) throws {
      property = try values.decodeIfPresent(Value.self, forKey: key) ?? property
    }
    try set(&beamWidth, .beamWidth)
    try set(&maximumLength, .maximumLength)
    try set(&minimumLength, .minimumLength)
    try set(&lengthPenalty, .lengthPenalty)
    try set(&noRepeatNGram, .noRepeatNGram)
    try set(&top, .top)
    try set(&diverseGroups, .diverseGroups)
    try set(&diversityStrength, .diversityStrength)
    try set(&seed, .seed)
    neverEmit = try values.decodeIfPresent([String].self, forKey: .neverEmit)
    temperature = try values.decodeIfPresent(Float.self, forKey: .temperature)
    topK = try values.decodeIfPresent(Int.self, forKey: .topK)
    topP = try values.decodeIfPresent(Float.self, forKey: .topP)
    say = try values.decodeIfPresent([String].self, forKey: .requiredTexts) ?? []
  }

  /// - Throws: `CaptioningError.option`, named as in `config.json`, for a value out of range or one
  ///   that does not go with another.
  public func validate() throws {
    func check(_ holds: Bool, _ key: CodingKeys, _ reason: String) throws {
      if !holds { throw CaptioningError.option(name: key.rawValue, reason: reason) }
    }
    let counts = 1...1000
    try check(
      counts.contains(beamWidth), .beamWidth, "is \(beamWidth), not between 1 and 1000")
    try check(
      counts.contains(maximumLength), .maximumLength, "is \(maximumLength), not between 1 and 1000")
    try check(
      (0..<maximumLength).contains(minimumLength), .minimumLength,
      "is \(minimumLength), not between 0 and less than the maximum length, \(maximumLength)")
    try check(noRepeatNGram >= 0, .noRepeatNGram, "is \(noRepeatNGram), less than 0")
    try check(counts.contains(top), .top, "is \(top), not between 1 and 1000")
    if case .gnmt(let alpha) = lengthPenalty {
      try check(alpha.isFinite, .lengthPenalty, "has the exponent \(alpha)")
    }
    try check(
      say.allSatisfy { $0.contains { !$0.isWhitespace } }, .requiredTexts, "has a text of no words")
    let words = requiredWords.count
    try check(
      words <= Self.mostRequiredWords, .requiredTexts,
      "asks for \(words) words, more than \(Self.mostRequiredWords)")
    try check(
      words == 0 || !isSampling, .requiredTexts,
      "goes with beam search, not with temperature, top-k or top-p sampling")
    if isSampling {
      let temperature = temperature ?? 1
      try check(
        temperature > 0 && temperature.isFinite, .temperature,
        "is \(temperature), not a number above 0")
      try check((topK ?? 1) >= 1, .topK, "is \(topK ?? 1), less than 1")
      let topP = topP ?? 1
      try check(topP > 0 && topP <= 1, .topP, "is \(topP), not above 0 and at most 1")
    } else {
      try check(
        top <= beamWidth, .top, "is \(top), more than the beam width, \(beamWidth)")
      try check(
        diverseGroups >= 1 && beamWidth % max(1, diverseGroups) == 0, .diverseGroups,
        "is \(diverseGroups), which does not divide the beam width, \(beamWidth)")
      try check(
        diversityStrength >= 0 && diversityStrength.isFinite, .diversityStrength,
        "is \(diversityStrength), not a number of at least 0")
    }
  }
}

/// How the log probability of a caption and its length make the score by which captions compete.
///
/// Written `none`, `average`, `gnmt` (with the exponent 0.6) or `gnmt:EXPONENT`.
public enum LengthPenalty: Equatable, Sendable, LosslessStringConvertible, Codable {
  /// The log probability alone.
  case none
  /// Divided by the length.
  case average
  /// Divided by ((5 + length) / 6)^alpha (Wu et al., arXiv 1609.08144, eq. 14).
  case gnmt(alpha: Float)

  public init?(_ description: String) {
    switch description {
    case "none": self = .none
    case "average": self = .average
    case "gnmt": self = .gnmt(alpha: 0.6)
    default:
      guard description.hasPrefix("gnmt:"), let alpha = Float(description.dropFirst(5)) else {
        return nil
      }
      self = .gnmt(alpha: alpha)
    }
  }

  public var description: String {
    switch self {
    case .none: "none"
    case .average: "average"
    case .gnmt(let alpha): "gnmt:\(alpha)"
    }
  }

  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    let text = try value.decode(String.self)
    guard let penalty = Self(text) else {
      throw DecodingError.dataCorruptedError(
        in: value,
        debugDescription: "“\(text)” is not “none”, “average”, “gnmt” or “gnmt:EXPONENT”")
    }
    self = penalty
  }

  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(description)
  }

  /// - Parameter length: the number of tokens, the end token included.
  package func score(logProbability: Float, length: Int) -> Float {
    switch self {
    case .none: logProbability
    case .average: logProbability / Float(max(1, length))
    case .gnmt(let alpha): logProbability / pow((5 + Float(length)) / 6, alpha)
    }
  }
}
