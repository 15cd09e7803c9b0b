import CaptionTraining
import Foundation
import Testing

@Suite struct LogisticRegressionTests {
  /// scikit-learn 1.9.1:
  ///
  ///     i = np.arange(40)
  ///     rows = np.stack([np.sin(i), np.cos(2.0 * i), i % 7 / 3 - 1], 1)
  ///     labels = np.sin(i) + 0.5 * np.cos(2.0 * i) + 0.6 * np.sin(9.0 * i) > 0.2
  ///     LogisticRegression(C=1 / penalty, solver="newton-cholesky", tol=1e-14).fit(rows, labels)
  @Test(
    arguments: [
      (1, -0.1890709738625706, [1.5505819575317465, 1.1639161520643717, -0.9254888911127818]),
      (0.01, -0.6092494085470711, [3.0751405007406696, 2.3484518031397825, -1.567158086765678]),
    ] as [(Double, Double, [Double])])
  func `intercept and weights are those of scikit-learn`(
    penalty: Double, intercept: Double, weights: [Double]
  ) {
    var rows: [[Double]] = []
    var labels: [Bool] = []
    for index in 0..<40 {
      let number = Double(index)
      let (first, second) = (sin(number), cos(2 * number))
      rows.append([first, second, Double(index % 7) / 3 - 1])
      labels.append(first + 0.5 * second + 0.6 * sin(9 * number) > 0.2)
    }
    let regression = LogisticRegression(rows, labels: labels, penalty: penalty)
    #expect(abs(regression.intercept - intercept) < 1e-9)
    for (found, expected) in zip(regression.weights, weights) {
      #expect(abs(found - expected) < 1e-9)
    }
  }

  /// scikit-learn 1.9.1:
  ///
  ///     LogisticRegression(C=100, solver="newton-cholesky", tol=1e-14)
  ///         .fit([[-2.0], [-1.0], [1.0], [2.0]], [0, 0, 1, 1])
  @Test func `a penalty keeps the weight of what parts the labels wholly finite`() {
    let regression = LogisticRegression(
      [[-2], [-1], [1], [2]], labels: [false, false, true, true], penalty: 0.01)
    #expect(abs(regression.intercept) < 1e-12)
    #expect(abs(regression.weights[0] - 3.94529918) < 1e-8)
  }
}
