public import Files

/// What a user can get wrong with a model or a request for a caption.
public enum CaptioningError: Failure, Equatable {
  /// A model's parts do not fit together, found by the key in `config.json`.
  case configuration(key: String, reason: String)
  /// A decoding option has a value that cannot be used.
  case option(name: String, reason: String)
  /// A model computes what is infinite or not a number; the file of its weights is at fault.
  case notFinite(weights: String)
  /// A model ends the caption of a photo before its first word.
  case noWords(photo: String, model: String)

  public var parts: FailureParts {
    switch self {
    case .configuration(let key, let reason):
      .init(.badData, "the model's configuration", "“\(key)” \(reason)")
    case .option(let name, let reason): .init(.usage, "the option \(name) \(reason)")
    case .notFinite(let weights):
      .init(.badData, weights, "what is computed with these weights is not finite")
    case .noWords(let photo, let model):
      .init(.badData, photo, "the model “\(model)” finds no words for it")
    }
  }
}
