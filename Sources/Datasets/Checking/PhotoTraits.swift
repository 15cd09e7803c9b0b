internal import Imaging

/// What a look at a photo tells.
package struct PhotoTraits: Sendable {
  package let hash: PerceptualHash?
  package let isGreyscale: Bool
  /// How many faults the decoder worked around.
  package let faults: Int

  /// Photos whose channels differ by more are not grey. In COCO's 2,174 photos measured, 57 that are
  /// grey differ by nothing at all and the next by 5.
  private static let greyTolerance = 2

  /// - Parameter name: stands for the file's path in errors.
  /// - Throws: `ImagingError`.
  package init(bytes: [UInt8], name: String) throws {
    let decoded = try ImageDecoder.decodeWithFacts(
      bytes: bytes, name: name, minimumSize: PerceptualHash.minimumSize)
    hash = PerceptualHash(decoded.image)
    faults = decoded.warnings
    isGreyscale = decoded.image.pixels.withUnsafeBufferPointer { pixels in
      stride(from: 0, to: pixels.count, by: 3).allSatisfy { index in
        let (red, green, blue) = (pixels[index], pixels[index + 1], pixels[index + 2])
        return max(red, green, blue) - min(red, green, blue) <= Self.greyTolerance
      }
    }
  }
}
