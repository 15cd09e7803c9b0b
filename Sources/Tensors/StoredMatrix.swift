/// A matrix whose rows are widened from half precision as they are copied, so that a large table of
/// which a program needs a few rows costs no more than these; or one in memory.
package struct StoredMatrix: Sendable {
  package let rows: Int
  package let columns: Int
  private let elements: Elements

  private enum Elements: @unchecked Sendable {
    case tensor(Tensor)
    /// The file keeps the bytes in memory.
    case halves(SafetensorsFile, UnsafeRawBufferPointer)
  }

  /// - Precondition: the tensor has two axes.
  package init(_ tensor: Tensor) {
    precondition(tensor.shape.rank == 2, "a matrix of \(tensor.shape)")
    (rows, columns) = (tensor.shape[0], tensor.shape[1])
    elements = .tensor(tensor)
  }

  init(file: SafetensorsFile, halves: UnsafeRawBufferPointer, rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    elements = .halves(file, halves)
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
    case .halves(_, let bytes):
      let size = 2 * columns
      HalfVector.widen(
        UnsafeRawBufferPointer(rebasing: bytes[row * size..<(row + 1) * size]), into: destination)
    }
  }
}
