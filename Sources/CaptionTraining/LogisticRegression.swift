internal import Foundation

/// Logistic regression with a penalty on the weights, but not on the intercept: the least of
///
///     Σ log(1 + exp(±z)) + penalty / 2 · Σ weight²,   z = intercept + Σ weight · feature
///
/// found by Newton's method (iteratively reweighted least squares; Hastie, Tibshirani, Friedman,
/// The Elements of Statistical Learning, section 4.4.1), the same on every run.
package struct LogisticRegression: Equatable, Sendable {
  package let intercept: Double
  package let weights: [Double]

  private static let greatestSteps = 100
  private static let tolerance = 1e-10

  /// - Parameters:
  ///   - rows: the features, [rows, features].
  ///   - labels: [rows].
  /// - Precondition: there is a label for each row, both labels occur, and the penalty is above 0.
  package init(_ rows: [[Double]], labels: [Bool], penalty: Double) {
    precondition(rows.count == labels.count, "\(rows.count) rows, \(labels.count) labels")
    precondition(labels.contains(true) && labels.contains(false), "all labels are the same")
    precondition(penalty > 0, "penalty \(penalty)")
    // The intercept is the weight of a feature that is always 1.
    let data = Data(rows: rows.map { [1] + $0 }, labels: labels, penalty: penalty)
    var parameters = [Double](repeating: 0, count: data.rows[0].count)
    for _ in 0..<Self.greatestSteps {
      let step = data.step(at: parameters)
      let loss = data.loss(at: parameters)
      func moved(by scale: Double) -> [Double] { zip(parameters, step).map { $0 - scale * $1 } }
      // A whole step may lead too far where probabilities are near 0 and 1.
      var scale = 1.0
      while data.loss(at: moved(by: scale)) > loss, scale > Self.tolerance { scale /= 2 }
      parameters = moved(by: scale)
      if step.allSatisfy({ abs($0) < Self.tolerance }) { break }
    }
    intercept = parameters[0]
    weights = Array(parameters.dropFirst())
  }

  /// What is fitted to.
  private struct Data {
    let rows: [[Double]]
    let labels: [Bool]
    let penalty: Double

    func loss(at parameters: [Double]) -> Double {
      let likelihood = zip(rows, labels).reduce(0) { sum, sample in
        let logOdds = dot(sample.0, parameters)
        return sum + log1p(exp(-abs(logOdds))) + max(0, sample.1 ? -logOdds : logOdds)
      }
      return likelihood + penalty / 2 * parameters.dropFirst().reduce(0) { $0 + $1 * $1 }
    }

    /// The inverse of the second derivatives times the first.
    func step(at parameters: [Double]) -> [Double] {
      let count = parameters.count
      var gradient = parameters.map { penalty * $0 }
      var curvature = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
      gradient[0] = 0
      for index in 1..<count { curvature[index][index] = penalty }
      for (row, label) in zip(rows, labels) {
        let probability = 1 / (1 + exp(-dot(row, parameters)))
        for first in 0..<count {
          gradient[first] += (probability - (label ? 1 : 0)) * row[first]
          for second in 0..<count {
            curvature[first][second] += probability * (1 - probability) * row[first] * row[second]
          }
        }
      }
      return solved(curvature, gradient)
    }
  }
}

private func dot(_ first: [Double], _ second: [Double]) -> Double {
  zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
}

/// The x of matrix · x = right, by elimination.
///
/// - Parameter matrix: symmetric and positive definite, so that no pivot is 0.
private func solved(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
  var (matrix, result) = (matrix, right)
  for pivot in result.indices {
    for row in pivot + 1..<result.count {
      let factor = matrix[row][pivot] / matrix[pivot][pivot]
      for column in pivot..<result.count { matrix[row][column] -= factor * matrix[pivot][column] }
      result[row] -= factor * result[pivot]
    }
  }
  for row in result.indices.reversed() {
    for column in row + 1..<result.count { result[row] -= matrix[row][column] * result[column] }
    result[row] /= matrix[row][row]
  }
  return result
}
