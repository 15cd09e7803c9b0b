/// A model bundle's "naming", for encoders with a classifier: when captions must have the noun of
/// the photo's class.
public struct NamingConfiguration: Codable, Equatable, Sendable {
  /// The file of the classes' nouns: for each class one line of nouns with commas between them, the
  /// best first, any of which will do; an empty line for a class that is never named.
  public var nouns: String
  /// How probable the classes of one line must be together for its nouns to be required, above 0
  /// and at most 1.
  public var threshold: Float
  /// How much less likely a caption may become by its noun, in nats a word, the end included; nil
  /// for any amount.
  public var maximumCost: Float?

  enum CodingKeys: String, CodingKey {
    case nouns, threshold
    case maximumCost = "maximum_cost"
  }

  public init(nouns: String, threshold: Float, maximumCost: Float? = nil) {
    self.nouns = nouns
    self.threshold = threshold
    self.maximumCost = maximumCost
  }

  /// - Throws: `CaptioningError.configuration` for a value out of range.
  public func validate() throws {
    func check(_ holds: Bool, _ key: CodingKeys, _ reason: String) throws {
      if !holds {
        throw CaptioningError.configuration(key: "naming.\(key.rawValue)", reason: reason)
      }
    }
    try check(
      threshold > 0 && threshold <= 1, .threshold, "is \(threshold), not above 0 and at most 1")
    if let maximumCost {
      try check(maximumCost >= 0, .maximumCost, "is \(maximumCost), not a number of at least 0")
    }
  }
}
