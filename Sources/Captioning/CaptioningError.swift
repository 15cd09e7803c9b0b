/// What a user can get wrong with a model or a request for a caption.
public enum CaptioningError: Error, Equatable, CustomStringConvertible {
  /// A model's parts do not fit together, found by the key in `config.json`.
  case configuration(key: String, reason: String)
  /// A decoding option has a value that cannot be used.
  case option(name: String, reason: String)

  public var description: String {
    switch self {
    case .configuration(let key, let reason): "the model's configuration: “\(key)” \(reason)"
    case .option(let name, let reason): "the option \(name) \(reason)"
    }
  }
}
