/// Matrices by their rows and columns.
extension Tensor {
  /// Rows by their numbers, some of them perhaps several times.
  ///
  /// - Parameter columns: which of each row's; nil for all.
  /// - Precondition: rows and columns are those of a matrix.
  package func rows(_ numbers: [Int], columns: Range<Int>? = nil) -> Tensor {
    let size = shape[1]
    let columns = columns ?? 0..<size
    precondition(
      columns.lowerBound >= 0 && columns.upperBound <= size
        && numbers.allSatisfy { $0 >= 0 && $0 < shape[0] },
      "rows and columns \(columns) of a matrix \(shape)")
    return Tensor(uninitialized: [numbers.count, columns.count]) { result in
      elements.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress else { return }
        for (row, number) in numbers.enumerated() {
          (result + row * columns.count).update(
            from: source + number * size + columns.lowerBound, count: columns.count)
        }
      }
    }
  }

  /// The way back from `rows`: sums of what each of `count` rows was given for.
  package func sums(ofRows numbers: [Int], count: Int) -> Tensor {
    let size = shape[1]
    var result = Tensor([count, size])
    elements.withUnsafeBufferPointer { source in
      result.elements.withUnsafeMutableBufferPointer { result in
        guard let source = source.baseAddress, let result = result.baseAddress else { return }
        for (row, number) in numbers.enumerated() {
          TrainingMath.add(source + row * size, count: size, into: result + number * size)
        }
      }
    }
    return result
  }

  /// Some columns of all rows.
  package func columns(_ columns: Range<Int>) -> Tensor {
    rows(Array(0..<shape[0]), columns: columns)
  }

  /// The rows of one matrix beside those of another.
  package init(beside left: Tensor, _ right: Tensor) {
    let (rows, first, second) = (left.shape[0], left.shape[1], right.shape[1])
    precondition(right.shape[0] == rows, "\(left.shape) beside \(right.shape)")
    self.init(uninitialized: [rows, first + second]) { output in
      left.elements.withUnsafeBufferPointer { left in
        right.elements.withUnsafeBufferPointer { right in
          guard let left = left.baseAddress, let right = right.baseAddress else { return }
          for row in 0..<rows {
            let target = output + row * (first + second)
            target.update(from: left + row * first, count: first)
            (target + first).update(from: right + row * second, count: second)
          }
        }
      }
    }
  }
}
