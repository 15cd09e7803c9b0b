internal import Foundation
internal import Tensors

/// An embedding as it is stored: scaled to Euclidean length 1, in half precision, little-endian.
struct UnitVector: Sendable {
  let data: Data

  /// - Parameter values: any; zeros and what is not finite make a vector of zeros.
  init(_ values: [Float]) {
    let length = sqrt(values.reduce(0) { $0 + Double($1) * Double($1) })
    let scale = length > 0 && length.isFinite ? Float(1 / length) : 0
    let scaled = values.map { scale == 0 ? 0 : $0 * scale }
    data = Data(HalfVector.bytes(of: scaled))
  }
}
