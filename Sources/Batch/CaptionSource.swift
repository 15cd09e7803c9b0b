package import Captioning
package import Files
package import Store
package import SystemPackage

/// Who makes captions: a model and a way to search with it, as captions tell other programs of it.
package struct CaptionSource: Sendable {
  /// The model's name.
  package var model: String { identity.name }
  private let identity: CaptionExchange.Model
  private let decoding: JSONValue

  /// - Parameter configuration: whether each caption has the model's, or only its name and hash.
  /// - Throws: `JSONError`, `EncodingError` where the configuration or the options are no JSON.
  package init(
    _ identity: ModelIdentity, _ options: DecodingOptions, configuration: Bool = false
  ) throws {
    self.identity = CaptionExchange.Model(
      name: identity.name, hash: identity.contentHash,
      configuration: configuration ? try JSONValue(text: identity.configuration) : nil)
    decoding = try JSONValue(text: options.canonical)
  }

  /// What other programs are told of a caption.
  ///
  /// - Parameters:
  ///   - path: of the photo; nil where there is none, or it goes without saying.
  ///   - state: of its file.
  ///   - outcome: what has been found out about the photo.
  ///   - time: when the caption was made.
  ///   - known: the photo as a store has it, where it has a caption from there.
  ///   - made: where it was made now.
  package func object(
    _ caption: MachineCaption, at time: String, of path: FilePath? = nil,
    _ state: FileState? = nil, _ outcome: Outcome? = nil, known: PhotoRecord? = nil,
    made: Caption? = nil
  ) -> CaptionExchange {
    var object = CaptionExchange(path: path)
    if let known { object.enter(known) }
    // The same picture may lie in other bytes by now.
    if let state, state.byteCount != known?.byteCount { object.contentHash = nil }
    switch outcome {
    case .captioned(let photo, _, _): object.enter(photo)
    case .alreadyThere(let identity, let facts):
      object.enter(identity)
      object.enter(facts)
    case .failed, nil: break
    }
    if let state { object.enter(state) }
    object.enter(caption, at: time)
    object.noun = made?.noun
    sign(&object)
    return object
  }

  /// Enters whose caption it is.
  func sign(_ object: inout CaptionExchange) {
    object.model = identity
    object.decoding = decoding
  }
}
