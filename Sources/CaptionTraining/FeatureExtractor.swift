package import Captioning
package import Files
internal import Foundation
internal import Imaging
internal import Synchronization
internal import SystemPackage
internal import Tensors

/// A frozen encoder as training needs it: photos in, features out, and a hash that tells whether
/// features that were kept are still the ones that it would make.
package struct FeatureExtractor: Sendable {
  /// Of parameters, configurations and kind of feature: equal hashes mean equal features.
  package let identity: ContentHash
  /// How many regions stand below each other and side by side; 1 × 1 for embeddings.
  package let grid: (height: Int, width: Int)
  package let channels: Int
  private let encoder: PhotoEncoder
  private let isMirrored: Bool

  /// Counts up when the same parameters and photos come to mean other features.
  private static let version = 1

  /// - Parameters:
  ///   - output: what training looks at: `.map` or `.embedding`.
  ///   - isMirrored: whether the encoder sees photos mirrored.
  /// - Throws: `CaptioningError`, `WeightError`; `NetworkError` if the network cannot take images of
  ///   the size that preprocessing makes.
  /// - Precondition: `output` is not `.logits`.
  package init(
    _ source: EncoderSource, output: EncoderOutput, isMirrored: Bool = false
  ) throws {
    precondition(output != .logits, "logits are no features")
    let (configuration, preprocessing) = (source.configuration, source.preprocessing)
    let weights = HashingWeights(source.weights)
    encoder = try PhotoEncoder(
      EncoderSource(configuration, WeightReader(weights), preprocessing), outputs: [output])
    self.isMirrored = isMirrored
    identity = try weights.identity(
      Description(
        version: Self.version, output: output, encoder: configuration,
        preprocessing: preprocessing, mirrored: isMirrored ? true : nil))
    let blank = RGBImage(width: 1, height: 1, pixels: [0, 0, 0])
    let image = try encoder.encode(blank)
    grid = image.map == nil ? (1, 1) : (image.gridHeight, image.gridWidth)
    channels = image.map?.shape[1] ?? image.embedding?.shape.count ?? 0
  }

  /// How many vectors of `channels` numbers a photo has.
  package var regions: Int { grid.height * grid.width }

  /// The features `[regions, channels]` of a photo.
  ///
  /// - Parameters:
  ///   - bytes: of the photo's file.
  ///   - name: what errors call the photo.
  /// - Throws: `ImagingError` if the bytes are not a readable image.
  func features(of bytes: [UInt8], name: String) throws -> Tensor {
    let photo = try encoder.decode(bytes: bytes, name: name).image
    let image = try encoder.encode(isMirrored ? photo.oriented(.mirrored) : photo)
    let features = image.map ?? image.embedding ?? Tensor([0])
    return features.reshaped([regions, channels])
  }

  /// What `identity` is of, besides the parameters.
  private struct Description: Encodable {
    let version: Int
    let output: EncoderOutput
    let encoder: EncoderConfiguration
    let preprocessing: PreprocessingConfiguration
    /// Absent where photos are seen as they are.
    let mirrored: Bool?
  }

  /// Parameters that are hashed as they are read, by the names that the encoder gives them: those
  /// of other parts of a model do not count, nor how they are stored.
  private final class HashingWeights: WeightSource {
    private let reader: WeightReader
    private let hashes = Mutex<[String: ContentHash]>([:])

    init(_ reader: WeightReader) {
      self.reader = reader
    }

    var path: String { reader.source.path }

    func shape(of name: String) -> Shape? { reader.shape(of: name) }

    func contains(_ name: String) -> Bool { reader.contains(name) }

    func tensor(_ name: String, shape: Shape) throws -> Tensor {
      let tensor = try reader.tensor(name, shape)
      let hash = tensor.elements.withUnsafeBytes { ContentHash(of: Array($0)) }
      hashes.withLock { $0["\(name) \(shape.extents)"] = hash }
      return tensor
    }

    func identity(_ description: some Encodable) throws -> ContentHash {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      let lines = hashes.withLock { $0.map { "\($0.key) \($0.value)\n" } }.sorted()
      return ContentHash(of: Array(try encoder.encode(description)) + Array(lines.joined().utf8))
    }
  }
}
