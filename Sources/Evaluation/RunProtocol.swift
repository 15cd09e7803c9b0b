internal import Foundation
package import Metrics

/// How a run was scored: stands on every report.
package struct RunProtocol: Codable, Equatable, Sendable {
  package let scoring: ScoringProtocol
  /// Photos of the split that have no caption and are not scored.
  package let missing: Int
  /// Name and version of what scored.
  package let program: String

  package init(scoring: ScoringProtocol, missing: Int, program: String) {
    self.scoring = scoring
    self.missing = missing
    self.program = program
  }

  /// Whether a text is a protocol, as JSON.
  package static func isWritten(in text: String) -> Bool {
    (try? JSONDecoder().decode(RunProtocol.self, from: Data(text.utf8))) != nil
  }
}
