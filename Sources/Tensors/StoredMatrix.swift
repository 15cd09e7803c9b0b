/// A matrix whose rows are widened from half precision as they are copied, so that of a large table
/// of which a program needs a few rows only these are; or one in single precision.
package struct StoredMatrix: Sendable {
  package let rows: Int
  package let columns: Int
  private let elements: Elements

  private enum Elements: Sendable {
    case tensor(Tensor)
    /// Two bytes a number.
    case halves([UInt8])
  }

  /// - Precondition: the tensor has two axes.
  package init(_ tensor: Tensor) {
    precondition(tensor.shape.rank == 2, "a matrix of \(tensor.shape)")
    (rows, columns) = (tensor.shape[0], tensor.shape[1])
    elements = .tensor(tensor)
  }

  /// - Precondition: two bytes for each number.
  init(halves: [UInt8], rows: Int, columns: Int) {
    precondition(
      halves.count == 2 * rows * columns, "\(halves.count) bytes of \(rows)×\(columns) halves")
    self.rows = rows
    self.columns = columns
    elements = .halves(halves)
  }

  /// Writes the `columns` numbers of a row.
  ///
  /// - Precondition: `row` is in `0..<rows`.
  package func copyRow(_ row: Int, to destination: UnsafeMutablePointer<Float>) {
    precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
    switch elements {
    case .tensor(let tensor):
      tensor.elements.withUnsafeBufferPointer { elements in
        guard let base = elements.baseAddress else { return }
        destination.update(from: base + row * columns, count: columns)
      }
    case .halves(let bytes):
      let size = 2 * columns
      bytes.withUnsafeBytes {
        HalfVector.widen(
          UnsafeRawBufferPointer(rebasing: $0[row * size..<(row + 1) * size]), into: destination)
      }
    }
  }
}
