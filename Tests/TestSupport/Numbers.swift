package import Foundation
package import Tensors

/// ‖a − b‖ / ‖b‖ with sums in double precision; infinite where the counts differ.
package func relativeError(_ a: [Float], _ b: [Float]) -> Double {
  guard a.count == b.count else { return .infinity }
  var difference = 0.0
  var norm = 0.0
  for (x, y) in zip(a, b) {
    difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
    norm += Double(y) * Double(y)
  }
  return difference == 0 ? 0 : (difference / norm).squareRoot()
}

/// Uniform numbers in [−1, 1), the same on every run.
package func randomTensor(_ shape: Shape, seed: UInt64) -> Tensor {
  var random = SeededRandom(seed: seed)
  return Tensor(shape, (0..<shape.count).map { _ in random.uniform() * 2 - 1 })
}

/// The project's folder, found from this file's own path.
package let projectFolder = URL(filePath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// A file of golden numbers: `data/references/<path>`.
package func reference(_ path: String) -> URL {
  projectFolder.appending(path: "data/references").appending(path: path)
}
