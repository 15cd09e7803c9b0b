internal import COpenBLAS

extension Tensor {
  /// The matrix product, by OpenBLAS: for large matrices of any kind. `PackedMatrix` is faster where
  /// few rows meet the same weights again and again.
  ///
  /// - Parameters:
  ///   - other: `[inner, columns]`, or `[columns, inner]` if `transposed`.
  ///   - transposed: whether `other` counts as its transpose.
  ///   - initial: `[columns]`: what every row of the result begins with; nil for zeros.
  ///   - threads: on how many threads; a setting of the whole process while the product is made.
  /// - Returns: `[rows, columns]`, for self of `[rows, inner]`.
  /// - Precondition: the shapes fit.
  package func matmul(
    _ other: Tensor, transposed: Bool = false, initial: Tensor? = nil, threads: Int = 1
  ) -> Tensor {
    let columns = other.shape[transposed ? 0 : 1]
    precondition(
      shape.rank == 2 && other.shape.rank == 2 && shape[1] == other.shape[transposed ? 1 : 0]
        && (initial.map { $0.shape == [columns] } ?? true),
      """
      the product of \(shape) and \(other.shape)\(transposed ? ", transposed," : "") on \
      \(initial?.shape.description ?? "zeros")
      """)
    let (rows, inner) = (shape[0], shape[1])
    var result: [Float] = []
    if let initial {
      result.reserveCapacity(rows * columns)
      for _ in 0..<rows { result += initial.elements }
    } else {
      result = [Float](repeating: 0, count: rows * columns)
    }
    openblas_set_num_threads(Int32(threads))
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, blasint(rows),
      blasint(columns), blasint(inner), 1, elements, blasint(max(1, inner)), other.elements,
      blasint(max(1, transposed ? inner : columns)), 1, &result, blasint(max(1, columns)))
    return Tensor([rows, columns], result)
  }
}
