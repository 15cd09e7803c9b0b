public import Imaging
public import Language

/// A model bundle's `config.json`.
public struct ModelConfiguration: Codable, Sendable {
  /// The layout of the bundle; this program reads 1.
  public let format: Int
  public let name: String
  /// What the model does: `captioner`.
  public let kind: String
  public let encoder: EncoderConfiguration
  public let preprocessing: PreprocessingConfiguration
  public let decoder: DecoderConfiguration
  public let vocabulary: VocabularyConfiguration
  public let decoding: DecodingOptions
  /// Whether and how captions name the photo's class; nil for models that do not.
  public let naming: NamingConfiguration?
  /// Scores by name of the data they were measured on.
  public let scores: [String: Scores]?
  /// How captions get their confidence; nil where it is not calibrated.
  public let confidence: ConfidenceCalibration?

  /// What a model scored on a dataset's split, as fractions (CIDEr-D with its factor of ten).
  public struct Scores: Codable, Sendable {
    /// CIDEr-D.
    public let cider: Double?
    /// BLEU-1 to BLEU-4.
    public let bleu: [Double]?

    package init(cider: Double?, bleu: [Double]?) {
      self.cider = cider
      self.bleu = bleu
    }
  }

  /// The configuration of a captioner in this program's own layout, whose encoder has no classifier
  /// to name anything by, not yet calibrated.
  package init(
    name: String, encoder: EncoderConfiguration, preprocessing: PreprocessingConfiguration,
    decoder: DecoderConfiguration, vocabulary: VocabularyConfiguration, decoding: DecodingOptions,
    scores: [String: Scores]?
  ) {
    format = 1
    self.name = name
    kind = "captioner"
    self.encoder = encoder
    self.preprocessing = preprocessing
    self.decoder = decoder
    self.vocabulary = vocabulary
    self.decoding = decoding
    naming = nil
    self.scores = scores
    confidence = nil
  }
}
