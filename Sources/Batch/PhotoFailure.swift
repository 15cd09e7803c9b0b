package import Files

/// Why a photo has no caption.
package struct PhotoFailure: Equatable, Sendable {
  /// Nothing, data or the machine: never whoever asked for the caption.
  package let kind: FailureKind
  /// A sentence without the photo's name, which stands beside it wherever it is shown.
  package let reason: String

  /// - Parameters:
  ///   - error: of reading or captioning the photo.
  ///   - name: what the error calls the photo.
  package init(_ error: any Error, of name: String) {
    let failure = error as? any Failure
    switch failure?.kind {
    case .noInput?: kind = .noInput
    case .inputOutput?: kind = .inputOutput
    case .usage?, .badData?, .internalFault?, nil: kind = .badData
    }
    reason = failure.flatMap { $0.subject == name ? $0.reason : nil } ?? "\(error)"
  }
}
