public import Tensors

/// Turns pictures into a network's input.
public struct ImagePreprocessor: Sendable {
  public let configuration: PreprocessingConfiguration
  /// For each channel of the input what the samples 0...255 become, one after another.
  private let values: [Float]

  /// - Precondition: the configuration makes sense (`PreprocessingConfiguration` read from a file
  ///   does).
  public init(_ configuration: PreprocessingConfiguration) {
    precondition(configuration.problem == nil, configuration.problem ?? "")
    self.configuration = configuration
    values = (0..<3).flatMap { channel in
      (0..<256).map { Self.normalized(Double($0), channel, configuration) }
    }
  }

  private static func normalized(
    _ sample: Double, _ channel: Int, _ configuration: PreprocessingConfiguration
  ) -> Float {
    Float((sample * configuration.scale - configuration.mean[channel]) / configuration.std[channel])
  }

  /// The size that a picture should have at least, so that nothing is lost: twice what it is scaled
  /// to. For `ImageDecoder.decode`.
  public var minimumSize: ImageSize {
    let width = max(configuration.width, configuration.resize ?? 0)
    let height = max(configuration.height, configuration.resize ?? 0)
    if configuration.geometry == .crop {
      let side = max(width, height)
      return ImageSize(width: 2 * side, height: 2 * side)
    }
    return ImageSize(width: 2 * width, height: 2 * height)
  }

  /// The network's input `[3, height, width]`.
  public func callAsFunction(_ image: RGBImage) -> Tensor {
    let placement = placement(of: image.size)
    let (width, height) = (configuration.width, configuration.height)
    // The mean colour, where no picture comes to lie.
    var input = Tensor(repeating: 0, [3, height, width])
    let first = placement.top * width + placement.left
    let rowLength = placement.window.x.count
    if configuration.antialias {
      let samples = image.resized(
        to: placement.size, window: placement.window, filter: configuration.resample
      ).pixels
      forEachChannel { channel, source in
        let table = values[(256 * channel)..<(256 * channel + 256)]
        let base = table.startIndex
        for y in 0..<placement.window.y.count {
          let target = channel * width * height + first + y * width
          for x in 0..<rowLength {
            let sample = samples[(y * rowLength + x) * 3 + source]
            input.elements[target + x] = table[base + Int(sample)]
          }
        }
      }
    } else {
      let samples = image.sampledBilinearly(to: placement.size, window: placement.window)
      forEachChannel { channel, source in
        for y in 0..<placement.window.y.count {
          let target = channel * width * height + first + y * width
          for x in 0..<rowLength {
            let sample = samples[(y * rowLength + x) * 3 + source]
            input.elements[target + x] = Self.normalized(
              Double(sample), channel, configuration)
          }
        }
      }
    }
    return input
  }

  /// Calls with each channel of the input and the picture's channel that it comes from.
  private func forEachChannel(_ body: (_ channel: Int, _ source: Int) -> Void) {
    for channel in 0..<3 { body(channel, configuration.color == .rgb ? channel : 2 - channel) }
  }

  /// What the network sees of a picture: the place of its input's rectangle, in the picture's
  /// pixels. With `letterbox` it reaches beyond the picture.
  public struct View: Equatable, Sendable {
    public let x: Double
    public let y: Double
    public let width: Double
    public let height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }
  }

  /// Where the network's input lies in a picture of this size.
  public func view(of size: ImageSize) -> View {
    let placement = placement(of: size)
    let horizontal = Double(size.width) / Double(placement.size.width)
    let vertical = Double(size.height) / Double(placement.size.height)
    return View(
      x: Double(placement.window.x.lowerBound - placement.left) * horizontal,
      y: Double(placement.window.y.lowerBound - placement.top) * vertical,
      width: Double(configuration.width) * horizontal,
      height: Double(configuration.height) * vertical)
  }

  /// A picture's way into the input: it is scaled to `size`, of which `window` lands with its
  /// corner at (`left`, `top`) of the input.
  private struct Placement {
    let size: ImageSize
    let window: PixelWindow
    let left: Int
    let top: Int
  }

  private func placement(of image: ImageSize) -> Placement {
    let (width, height) = (configuration.width, configuration.height)
    switch configuration.geometry {
    case .stretch:
      let size = configuration.resize.map { ImageSize(width: $0, height: $0) }
      guard let size else {
        return Placement(
          size: ImageSize(width: width, height: height),
          window: PixelWindow(x: 0..<width, y: 0..<height), left: 0, top: 0)
      }
      // im2txt's crop (tf.image.resize_image_with_crop_or_pad) rounds its offset down.
      let (x, y) = ((size.width - width) / 2, (size.height - height) / 2)
      return Placement(
        size: size, window: PixelWindow(x: x..<x + width, y: y..<y + height), left: 0, top: 0)

    case .crop:
      // torchvision, transforms/functional.py: `_compute_resized_output_size`, `center_crop`.
      let side = configuration.resize ?? max(width, height)
      let (shorter, longer) = (min(image.width, image.height), max(image.width, image.height))
      let scaled = Int(Double(side * longer) / Double(shorter))
      let size =
        image.width <= image.height
        ? ImageSize(width: side, height: scaled) : ImageSize(width: scaled, height: side)
      let x = Int((Double(size.width - width) / 2).rounded(.toNearestOrEven))
      let y = Int((Double(size.height - height) / 2).rounded(.toNearestOrEven))
      return Placement(
        size: size, window: PixelWindow(x: x..<x + width, y: y..<y + height), left: 0, top: 0)

    case .letterbox:
      let factor = min(
        Double(width) / Double(image.width), Double(height) / Double(image.height))
      let size = ImageSize(
        width: max(1, Int((Double(image.width) * factor).rounded())),
        height: max(1, Int((Double(image.height) * factor).rounded())))
      return Placement(
        size: size, window: PixelWindow(x: 0..<size.width, y: 0..<size.height),
        left: (width - size.width) / 2, top: (height - size.height) / 2)
    }
  }
}
