internal import Foundation
internal import Tensors

/// An embedding as it is stored: scaled to Euclidean length 1, in half precision, little-endian.
struct UnitVector: Sendable {
  let data: Data

  /// - Parameter values: any; zeros and what is not finite make a vector of zeros.
  init(_ values: [Float]) {
    let length = Self.length(values)
    let scale = length > 0 && length.isFinite ? Float(1 / length) : 0
    let scaled = values.map { scale == 0 ? 0 : $0 * scale }
    data = Data(HalfVector.bytes(of: scaled))
  }

  /// - Parameter halves: an embedding in half precision, kept as it is where its length is 1.
  init(halves: Data) {
    let values = halves.withUnsafeBytes { HalfVector.values($0) }
    data = abs(Self.length(values) - 1) < 0.01 ? halves : Self(values).data
  }

  private static func length(_ values: [Float]) -> Double {
    sqrt(values.reduce(0) { $0 + Double($1) * Double($1) })
  }
}
