package import Files
internal import Imaging
internal import Store

/// Why a photo has no caption.
package struct PhotoFailure: Equatable, Sendable {
  package let kind: FailureKind
  /// A sentence without the photo's name, which stands beside it wherever it is shown.
  package let reason: String

  /// - Parameters:
  ///   - error: of reading or captioning the photo.
  ///   - name: what the error calls the photo.
  package init(_ error: any Error, of name: String) {
    kind = (error as? ImagingError)?.kind ?? .badData
    let (sentence, prefix) = ("\(error)", name + ": ")
    reason = sentence.hasPrefix(prefix) ? String(sentence.dropFirst(prefix.count)) : sentence
  }
}
