public import Imaging

/// A photograph described in words.
public struct Caption: Sendable {
  /// A word and how likely the model found it after the words before it.
  public struct Word: Equatable, Sendable {
    public let word: String
    /// Natural logarithm.
    public let logProbability: Float
  }

  /// Another description of the same photograph.
  public struct Alternative: Equatable, Sendable {
    public let caption: String
    /// Natural logarithm of the probability of the whole sentence, its end included.
    public let logProbability: Float
  }

  /// How long each stage took, in milliseconds.
  public struct Milliseconds: Sendable {
    /// Reading and decoding the file, or 0 for an image given in memory.
    public var decode: Double
    /// Preprocessing and the convolutional network.
    public var encode: Double
    /// The recurrent network and the search.
    public var caption: Double

    /// Of a caption that took no work.
    package static let none = Milliseconds(decode: 0, encode: 0, caption: 0)
  }

  /// The caption as a sentence: “A dog runs through the grass.”
  public let sentence: String
  /// The words as the model wrote them, without special tokens.
  public let words: [Word]
  /// Natural logarithm of the probability of the whole sentence, its end included.
  public let logProbability: Float
  /// The chance, from 0 to 1, that the caption is right, as the model's `ConfidenceCalibration` has
  /// it; where the model is not calibrated, the geometric mean of the words' probabilities, which is
  /// no chance of anything. 0 for a caption of no words.
  ///
  /// It was fitted to captions found with the model's own decoding options. By the same formula
  /// sampled captions and those of other options get theirs, which need not hold as well.
  public let confidence: Double
  /// The noun of the photograph's class, where the caption was made to have it or a synonym; nil
  /// where it was found freely.
  public let noun: String?
  /// The next best sentences, best first, as many as were asked for with `DecodingOptions.top`.
  public let alternatives: [Alternative]
  /// For each word its attention over the regions, row by row; empty for a model without attention.
  public let attention: [[Float]]
  /// Rows and columns of regions.
  public let grid: (height: Int, width: Int)
  /// The encoder's embedding of the whole photograph: one number for each of its channels.
  public let embedding: [Float]
  /// The photograph's size, upright, in pixels.
  public let size: ImageSize
  /// The file's format, as “JPEG”; nil for an image given in memory.
  public let format: String?
  /// How many faults of the file the decoder worked around: the photo may be damaged.
  public let faults: Int
  /// The model's name.
  public let model: String
  public let milliseconds: Milliseconds
}
