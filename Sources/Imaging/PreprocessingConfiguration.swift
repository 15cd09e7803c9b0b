/// How a network wants its pictures, as the "preprocessing" dictionary of a bundle's config.json
/// says it.
public struct PreprocessingConfiguration: Codable, Equatable, Sendable {
  /// How a picture of any shape comes into the network's rectangle.
  public enum Geometry: String, Codable, Sendable {
    /// Width and height are scaled independently.
    case stretch
    /// The shorter side is scaled, and the middle cut out.
    case crop
    /// The longer side is scaled, and the rest filled with the mean colour.
    case letterbox
  }

  /// The order of the channels that the network was trained with.
  public enum ColorOrder: String, Codable, Sendable {
    case rgb, bgr
  }

  /// The network's input, in pixels.
  public var width: Int
  public var height: Int
  public var geometry: Geometry
  /// With `crop` the length that the shorter side gets; with `stretch` that of both sides, of which
  /// the middle is cut out afterwards. By default the input's own size.
  public var resize: Int?
  public var resample: ResamplingFilter
  /// Whether all source pixels count when a picture is made smaller. Without it, only bilinear, the
  /// result is that of TensorFlow 1's `resize_bilinear`.
  public var antialias: Bool
  public var color: ColorOrder
  /// Samples 0...255 become `(sample · scale − mean) / std`, with a mean and a standard deviation
  /// for each channel, in the order of `color`.
  public var scale: Double
  public var mean: [Double]
  public var std: [Double]

  public init(
    width: Int, height: Int, geometry: Geometry, resize: Int? = nil,
    resample: ResamplingFilter = .bilinear, antialias: Bool = true, color: ColorOrder = .rgb,
    scale: Double = 1 / 255, mean: [Double], std: [Double]
  ) {
    self.width = width
    self.height = height
    self.geometry = geometry
    self.resize = resize
    self.resample = resample
    self.antialias = antialias
    self.color = color
    self.scale = scale
    self.mean = mean
    self.std = std
  }

  /// Why no picture can be made by this configuration; nil where one can.
  package var problem: String? {
    let sides = 1...8192
    if !sides.contains(width) || !sides.contains(height) {
      return "the input size \(width)×\(height) is not within 1...8192"
    }
    if let resize {
      if geometry == .letterbox { return "\"resize\" has no meaning with letterbox" }
      if resize < max(width, height) || !sides.contains(resize) {
        return "\"resize\" \(resize) is not within \(max(width, height))...8192"
      }
    }
    if !antialias && resample != .bilinear {
      return "without antialiasing there is only bilinear resampling, not \(resample.rawValue)"
    }
    if mean.count != 3 || std.count != 3 { return "\"mean\" and \"std\" need three numbers each" }
    if !(std + mean + [scale]).allSatisfy(\.isFinite) || std.contains(0) {
      return "\"scale\", \"mean\" and \"std\" must be finite, and \"std\" not zero"
    }
    return nil
  }

  /// - Throws: `DecodingError`, also where the values make no sense together.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      width: try values.decode(Int.self, forKey: .width),
      height: try values.decode(Int.self, forKey: .height),
      geometry: try values.decode(Geometry.self, forKey: .geometry),
      resize: try values.decodeIfPresent(Int.self, forKey: .resize),
      resample: try values.decode(ResamplingFilter.self, forKey: .resample),
      antialias: try values.decode(Bool.self, forKey: .antialias),
      color: try values.decode(ColorOrder.self, forKey: .color),
      scale: try values.decode(Double.self, forKey: .scale),
      mean: try values.decode([Double].self, forKey: .mean),
      std: try values.decode([Double].self, forKey: .std))
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}
