/// A width and a height in pixels.
public struct ImageSize: Hashable, Sendable, CustomStringConvertible {
  public let width: Int
  public let height: Int

  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  public var description: String { "\(width)×\(height)" }
}

/// A picture of 8-bit red, green and blue samples.
public struct RGBImage: Equatable, Sendable {
  public let size: ImageSize
  /// The samples `[height, width, 3]`, top row first.
  public var pixels: [UInt8]

  public var width: Int { size.width }
  public var height: Int { size.height }

  /// - Precondition: width and height are positive and `pixels.count == width * height * 3`.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0 && pixels.count == width * height * 3,
      "\(pixels.count) samples for a picture of \(width)×\(height) pixels in 3 channels")
    size = ImageSize(width: width, height: height)
    self.pixels = pixels
  }
}
