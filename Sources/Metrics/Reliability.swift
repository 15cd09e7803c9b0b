/// How far stated chances can be trusted: of what was given 0.3, three tenths should be right.
package struct Reliability: Codable, Equatable, Sendable {
  /// What was given a chance of one tenth of the range.
  package struct Bin: Codable, Equatable, Sendable {
    package let lower: Double
    package let upper: Double
    package let count: Int
    /// The mean of the chances that were given.
    package let predicted: Double
    /// The share that was right.
    package let right: Double
  }

  /// The tenths that chances lie in, from the lowest; a chance of 1 belongs to the last.
  package let bins: [Bin]
  /// How far the bins' means are from the shares that were right, on average over all (Guo et al.
  /// 2017, arXiv 1706.04599, eq. 3).
  package let calibrationError: Double
  /// The mean square of the difference between the chance and what was the case, 0 or 1 (Brier
  /// 1950).
  package let brierScore: Double
  /// How often one that is right has the higher chance of two, the other of which is wrong, equal
  /// chances counted half: the area under the ROC curve (Hanley, McNeil 1982). 0.5 is chance.
  package let discrimination: Double

  private enum CodingKeys: String, CodingKey {
    case bins
    case calibrationError = "expected_calibration_error"
    case brierScore = "brier_score"
    case discrimination = "area_under_curve"
  }

  private static let binCount = 10

  /// - Parameters:
  ///   - predicted: chances from 0 to 1.
  ///   - isRight: what was the case.
  /// - Precondition: both are of one length, and some are right and some wrong.
  package init(predicted: [Double], isRight: [Bool]) {
    precondition(
      predicted.count == isRight.count, "\(predicted.count) chances of \(isRight.count)")
    let outcomes = isRight.map { $0 ? 1.0 : 0 }
    let count = Double(predicted.count)
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    bins = (0..<Self.binCount).compactMap { bin in
      let members = predicted.indices.filter {
        min(Int(predicted[$0] * Double(Self.binCount)), Self.binCount - 1) == bin
      }
      guard !members.isEmpty else { return nil }
      return Bin(
        lower: Double(bin) / Double(Self.binCount), upper: Double(bin + 1) / Double(Self.binCount),
        count: members.count, predicted: mean(members.map { predicted[$0] }),
        right: mean(members.map { outcomes[$0] }))
    }
    calibrationError = bins.reduce(0) {
      $0 + Double($1.count) / count * abs($1.predicted - $1.right)
    }
    brierScore = mean(zip(predicted, outcomes).map { ($0 - $1) * ($0 - $1) })
    discrimination = Self.discrimination(predicted, isRight)
  }

  /// By the sum of the ranks of those that are right (Mann, Whitney 1947).
  private static func discrimination(_ predicted: [Double], _ isRight: [Bool]) -> Double {
    let right = Double(isRight.count { $0 })
    let wrong = Double(isRight.count) - right
    precondition(right > 0 && wrong > 0, "\(right) are right and \(wrong) wrong")
    let order = predicted.indices.sorted { predicted[$0] < predicted[$1] }
    var rankSum = 0.0
    var start = 0
    while start < order.count {
      let end =
        order[start...].firstIndex { predicted[$0] > predicted[order[start]] } ?? order.count
      // Equal ones share the mean of their ranks, which begin at 1.
      let rank = Double(start + 1 + end) / 2
      rankSum += rank * Double(order[start..<end].count { isRight[$0] })
      start = end
    }
    return (rankSum - right * (right + 1) / 2) / (right * wrong)
  }
}
