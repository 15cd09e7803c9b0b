import Tensors
import TestSupport
import Testing

@Suite struct MatrixProductTests {
  /// The product by its definition, in double precision.
  private func product(_ a: Tensor, _ b: Tensor, transposed: Bool, initial: Tensor?) -> [Float] {
    let (rows, inner) = (a.shape[0], a.shape[1])
    let columns = b.shape[transposed ? 0 : 1]
    return (0..<rows * columns).map { place in
      let (row, column) = (place / columns, place % columns)
      return Float(
        (0..<inner).reduce(Double(initial?.elements[column] ?? 0)) { sum, k in
          sum + Double(a[row, k]) * Double(transposed ? b[column, k] : b[k, column])
        })
    }
  }

  @Test(arguments: [(1, 1, 1), (2, 3, 4), (17, 33, 9), (64, 128, 65)], [1, 2])
  func `equals the definition`(size: (Int, Int, Int), threads: Int) {
    let (rows, inner, columns) = size
    let a = randomTensor([rows, inner], seed: 1)
    let initial = randomTensor([columns], seed: 3)
    for (transposed, start) in [(false, nil), (true, nil), (true, initial), (false, initial)] {
      let b = randomTensor(transposed ? [columns, inner] : [inner, columns], seed: 2)
      let found = a.matmul(b, transposed: transposed, initial: start, threads: threads)
      #expect(found.shape == [rows, columns])
      let expected = product(a, b, transposed: transposed, initial: start)
      #expect(relativeError(found.elements, expected) < 1e-6)
    }
  }

  @Test func `without anything to sum the result is what it began with`() {
    let start = Tensor([2], [1, 2])
    let found = Tensor([3, 0], []).matmul(Tensor([2, 0], []), transposed: true, initial: start)
    #expect(found == Tensor([3, 2], [1, 2, 1, 2, 1, 2]))
  }

  @Test(arguments: Kernels.available, [(1, 1, 1), (5, 40, 33), (130, 2100, 70)])
  func `of transposed matrices, added to what is there`(
    kernels: Kernels, size: (Int, Int, Int)
  ) {
    let (rows, inner, columns) = size
    let left = randomTensor([inner, rows], seed: 1)
    let right = randomTensor([inner, columns], seed: 2)
    let before = randomTensor([rows, columns], seed: 3)
    for threads in [1, 2, 3] {
      var found = before
      MatrixProduct(
        rows: rows, columns: columns, inner: inner, transposesLeft: true, kernels: kernels)(
          left.elements, right.elements, accumulate: true, into: &found.elements,
          threads: threads)
      var expected = before
      for row in 0..<rows {
        for column in 0..<columns {
          expected[row, column] += Float(
            (0..<inner).reduce(0.0) { $0 + Double(left[$1, row]) * Double(right[$1, column]) })
        }
      }
      #expect(relativeError(found.elements, expected.elements) < 1e-6)
    }
    var added = before
    added.add(transposed: left, times: right, threads: 2)
    var found = before
    MatrixProduct(rows: rows, columns: columns, inner: inner, transposesLeft: true)(
      left.elements, right.elements, accumulate: true, into: &found.elements, threads: 2)
    #expect(added == found)
  }
}
