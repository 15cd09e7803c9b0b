internal import CKernels
internal import COpenBLAS

/// A product of matrices in memory, c = a · b or c += a · b, of which a and b may stand transposed.
///
/// `PackedMatrix` is faster where the same weights meet few rows again and again. Where this project
/// has no kernels for the processor, OpenBLAS does the work.
package struct MatrixProduct: Sendable {
  package let rows: Int
  package let columns: Int
  /// The extent that is summed over.
  package let inner: Int
  /// Whether a stands as `[inner, rows]` instead of `[rows, inner]`.
  package let transposesLeft: Bool
  /// Whether b stands as `[columns, inner]` instead of `[inner, columns]`.
  package let transposesRight: Bool
  private let kernels: Kernels

  /// How much of the inner extent one pass covers, so that a panel of b stays in the first-level
  /// cache's reach while the rows pass by.
  private static let depthBlock = 1024

  package init(
    rows: Int, columns: Int, inner: Int, transposesLeft: Bool = false,
    transposesRight: Bool = false, kernels: Kernels = .best
  ) {
    precondition(
      rows >= 0 && columns >= 0 && inner >= 0, "a product of \(rows) × \(inner) × \(columns)")
    self.rows = rows
    self.columns = columns
    self.inner = inner
    self.transposesLeft = transposesLeft
    self.transposesRight = transposesRight
    self.kernels = kernels
  }

  /// - Parameters:
  ///   - left: a as it stands, its rows `leftStride` floats apart; nil for dense.
  ///   - right: b as it stands, its rows `rightStride` floats apart; nil for dense.
  ///   - bias: `[columns]`, added to every row, or nil for none.
  ///   - accumulate: adds to what `result` holds instead of overwriting it.
  ///   - result: `[rows, columns]`, rows `resultStride` floats apart, nil for dense; must not
  ///     overlap the others.
  package func callAsFunction(
    _ left: UnsafePointer<Float>, leftStride: Int? = nil, _ right: UnsafePointer<Float>,
    rightStride: Int? = nil, bias: UnsafePointer<Float>? = nil, accumulate: Bool = false,
    into result: UnsafeMutablePointer<Float>, resultStride: Int? = nil, threads: Int = 1
  ) {
    let leftStride = leftStride ?? (transposesLeft ? rows : inner)
    let rightStride = rightStride ?? (transposesRight ? inner : columns)
    let resultStride = resultStride ?? columns
    guard rows > 0, columns > 0 else { return }
    if kernels.isPlain {
      multiplyByOpenBLAS(
        left, leftStride, right, rightStride, bias: bias, accumulate: accumulate, into: result,
        resultStride, threads: threads)
      return
    }
    let vectors = kernels.wholeVectors(columns)
    let panels = Scratch(count: vectors * inner)
    defer { panels.free() }
    let paddedBias = bias.map { bias in
      let padded = Scratch(count: vectors)
      padded.base.update(from: bias, count: columns)
      (padded.base + columns).update(repeating: 0, count: vectors - columns)
      return padded
    }
    defer { paddedBias?.free() }
    // Below some 50 µs of work another thread costs more than it brings.
    let threads = rows * columns * inner < 1 << 19 ? 1 : threads
    let depths = stride(from: 0, to: max(1, inner), by: Self.depthBlock).map {
      $0..<min(inner, $0 + Self.depthBlock)
    }
    pack(right, rightStride, depths: depths, into: panels.base, threads: threads)

    // Rows of a that stay in the second-level cache while the panels of b pass by.
    let tile = kernels.tileRows
    let blockRows = max(tile, (1 << 16) / max(1, min(inner, Self.depthBlock)) / tile * tile)
    var blocks = (rows + blockRows - 1) / blockRows
    if threads > 1 {
      blocks = min((rows + tile - 1) / tile, (blocks + threads - 1) / threads * threads)
    }
    blocks = max(1, blocks)
    let panelWidth = kernels.panelWidth
    let panelCount = (columns + panelWidth - 1) / panelWidth
    // Few rows: then the threads share out the columns, too.
    let shares = blocks >= threads ? 1 : min(panelCount, (2 * threads + blocks - 1) / blocks)
    // The odd number of cache lines keeps rows from competing for the same places in the cache.
    let blockStride = (min(inner, Self.depthBlock) + 15) / 32 * 32 + 16
    let blockCount = (rows / blocks + 1) * blockStride
    let transposed = transposesLeft ? Scratch(count: threads * blockCount) : nil
    defer { transposed?.free() }
    parallelFor(blocks * shares, threads: threads) { unit, worker in
      let block = unit / shares
      let share = unit % shares
      let first = block * rows / blocks
      let count = (block + 1) * rows / blocks - first
      let column = share * panelCount / shares * panelWidth
      let last = min(columns, (share + 1) * panelCount / shares * panelWidth)
      for range in depths {
        var a = left + first * leftStride + range.lowerBound
        var stride = leftStride
        if let transposed {
          let target = transposed.base + worker * blockCount
          ck_transpose(
            left + range.lowerBound * leftStride + first, range.count, count, leftStride, target,
            blockStride)
          a = UnsafePointer(target)
          stride = blockStride
        }
        let isFirst = range.lowerBound == 0
        var product = ck_gemm(
          rows: count, depth: range.count, columns: last - column, a: a, a_stride: stride,
          panels: panels.base + vectors * range.lowerBound + column * range.count, half: 0,
          accumulate: accumulate || !isFirst ? 1 : 0, c: result + first * resultStride + column,
          c_stride: resultStride,
          bias: isFirst ? paddedBias.map { UnsafePointer($0.base + column) } : nil,
          residual: nil, residual_stride: 0, lower: -.infinity, upper: .infinity)
        kernels.table.pointee.gemm(&product)
      }
    }
  }

  /// The number of threads is a setting of the whole process while the product is made.
  private func multiplyByOpenBLAS(
    _ left: UnsafePointer<Float>, _ leftStride: Int, _ right: UnsafePointer<Float>,
    _ rightStride: Int, bias: UnsafePointer<Float>?, accumulate: Bool,
    into result: UnsafeMutablePointer<Float>, _ resultStride: Int, threads: Int
  ) {
    if let bias {
      for row in 0..<rows {
        let target = result + row * resultStride
        for column in 0..<columns {
          target[column] = (accumulate ? target[column] : 0) + bias[column]
        }
      }
    }
    openblas_set_num_threads(Int32(threads))
    cblas_sgemm(
      CblasRowMajor, transposesLeft ? CblasTrans : CblasNoTrans,
      transposesRight ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns), blasint(inner),
      1, left, blasint(max(1, leftStride)), right, blasint(max(1, rightStride)),
      accumulate || bias != nil ? 1 : 0, result, blasint(max(1, resultStride)))
  }

  /// Arranges b in panels, one block of the inner extent after the other.
  private func pack(
    _ right: UnsafePointer<Float>, _ rowStride: Int, depths: [Range<Int>],
    into panels: UnsafeMutablePointer<Float>, threads: Int
  ) {
    let vectors = kernels.wholeVectors(columns)
    let panelWidth = kernels.panelWidth
    let panelCount = (columns + panelWidth - 1) / panelWidth
    let shares = min(panelCount, 4 * threads)
    let (columnStride, depthStride) = transposesRight ? (rowStride, 1) : (1, rowStride)
    parallelFor(depths.count * shares, threads: threads) { unit in
      let range = depths[unit / shares]
      let share = unit % shares
      let first = share * panelCount / shares * panelWidth
      let last = min(columns, (share + 1) * panelCount / shares * panelWidth)
      let target = panels + vectors * range.lowerBound
      if last == columns, columns < vectors {
        // The columns that pad the last panel.
        let begin = columns / panelWidth * panelWidth
        (target + begin * range.count).update(
          repeating: 0, count: (vectors - begin) * range.count)
      }
      ck_pack_panels(
        right + first * columnStride + range.lowerBound * depthStride, columnStride, depthStride,
        last - first, range.count, range.count, 0, kernels.vectorWidth,
        target + first * range.count)
    }
  }
}

extension Tensor {
  /// The matrix product of self, `[rows, inner]`, and `other`.
  ///
  /// - Parameters:
  ///   - other: `[inner, columns]`, or `[columns, inner]` if `transposed`.
  ///   - transposed: whether `other` counts as its transpose.
  ///   - initial: `[columns]`: what every row of the result begins with; nil for zeros.
  /// - Returns: `[rows, columns]`
  /// - Precondition: the shapes fit.
  package func matmul(
    _ other: Tensor, transposed: Bool = false, initial: Tensor? = nil, threads: Int = 1
  ) -> Tensor {
    precondition(
      shape.rank == 2 && other.shape.rank == 2 && shape[1] == other.shape[transposed ? 1 : 0]
        && (initial.map { $0.shape == [other.shape[transposed ? 0 : 1]] } ?? true),
      """
      the product of \(shape) and \(other.shape)\(transposed ? ", transposed," : "") on \
      \(initial?.shape.description ?? "zeros")
      """)
    let product = MatrixProduct(
      rows: shape[0], columns: other.shape[transposed ? 0 : 1], inner: shape[1],
      transposesRight: transposed)
    return Tensor(uninitialized: [product.rows, product.columns]) { result in
      if let initial {
        product(
          elements, other.elements, bias: initial.elements, into: result, threads: threads)
      } else {
        product(elements, other.elements, into: result, threads: threads)
      }
    }
  }

  /// self += transpose(left) · right: how a product's weights gather their gradient.
  ///
  /// - Parameters:
  ///   - left: `[inner, rows]`
  ///   - right: `[inner, columns]`
  /// - Precondition: self is `[rows, columns]` or has as many elements.
  package mutating func add(
    transposed left: Tensor, times right: Tensor, threads: Int = 1
  ) {
    precondition(
      left.shape.rank == 2 && right.shape.rank == 2 && left.shape[0] == right.shape[0]
        && shape.count == left.shape[1] * right.shape[1],
      "the product of \(left.shape), transposed, and \(right.shape) for \(shape)")
    let product = MatrixProduct(
      rows: left.shape[1], columns: right.shape[1], inner: left.shape[0], transposesLeft: true)
    product(
      left.elements, right.elements, accumulate: true, into: &elements, threads: threads)
  }
}
