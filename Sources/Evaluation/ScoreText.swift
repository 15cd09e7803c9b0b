internal import Foundation
package import Metrics

/// Scores as people read them.
package enum ScoreText {
  /// Times 100, as papers have them; but a number of words as it is.
  ///
  /// - Parameter name: of the measure.
  package static func text(_ value: Double, of name: String) -> String {
    switch name {
    case Diversity.vocabularyName: String(format: "%.0f words", value)
    case Diversity.meanLengthName: String(format: "%.2f words", value)
    default: hundredths(value)
    }
  }

  package static func hundredths(_ value: Double) -> String { String(format: "%.2f", 100 * value) }

  /// With its sign.
  package static func signedHundredths(_ value: Double) -> String {
    String(format: "%+.2f", 100 * value)
  }
}

extension Diversity {
  fileprivate static let vocabularyName = "vocabulary"
  fileprivate static let meanLengthName = "mean length"

  /// Names of the measures, in the order in which reports list them.
  package static let names = [
    "distinct-1", "distinct-2", "self-BLEU", "new captions", vocabularyName, meanLengthName,
  ]

  /// The measures by their names; those that do not apply are absent.
  package var named: [String: Double] {
    let values = [distinct1, distinct2, selfBleu, novelty, Double(vocabulary), meanLength]
    return Dictionary(
      uniqueKeysWithValues: zip(Self.names, values).compactMap { name, value in
        value.map { (name, $0) }
      })
  }
}
