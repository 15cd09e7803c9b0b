import Foundation
import Imaging
import TestSupport

/// How far two pictures of one size are apart: the largest difference of two samples, the mean, and
/// the number of samples that differ. Nil for two sizes.
struct Difference: CustomStringConvertible {
  let largest: Int
  let mean: Double
  let count: Int

  init?(_ a: RGBImage, _ b: RGBImage) {
    guard a.size == b.size else { return nil }
    let differences = zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }
    largest = differences.max() ?? 0
    mean = Double(differences.reduce(0, +)) / Double(differences.count)
    count = differences.count { $0 > 0 }
  }

  var description: String { "at most \(largest), mean \(mean), \(count) samples" }
}

/// The bytes of data/references/images/`path`, made by Scripts/references/images.py.
func bytes(_ path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: reference("images/\(path)")))
}

/// data/references/images/`path`, decoded.
func picture(_ path: String) throws -> RGBImage {
  try ImageDecoder.decode(path: reference("images/\(path)").path)
}

/// A picture of `width`×`height` pixels whose samples count up.
func countingPicture(width: Int, height: Int) -> RGBImage {
  RGBImage(
    width: width, height: height,
    pixels: (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* 7) })
}

extension PreprocessingConfiguration {
  /// That of the bundled model.
  static let bundled = PreprocessingConfiguration(
    width: 224, height: 224, geometry: .stretch, scale: 1, mean: [127, 127, 127],
    std: [128, 128, 128])
}
