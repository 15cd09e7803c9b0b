/// What a user can get wrong with a model or a request for a caption.
public enum CaptioningError: Error, Equatable, CustomStringConvertible {
  /// There is no model bundle of this name; `searched` are the folders that were looked into.
  case noModel(name: String, searched: [String])
  /// A model's file cannot be read.
  case unreadable(path: String, reason: String)
  /// A model's `config.json` cannot be understood.
  case invalidModel(path: String, reason: String)
  /// A model's parts do not fit together, found by the key in `config.json`.
  case configuration(key: String, reason: String)
  /// A decoding option has a value that cannot be used.
  case option(name: String, reason: String)

  public var description: String {
    switch self {
    case .noModel(let name, let searched):
      searched.isEmpty
        ? "\(name): there is no model (no config.json)"
        : "there is no model “\(name)” in \(searched.joined(separator: ", "))"
    case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
    case .invalidModel(let path, let reason): "\(path): not a model's configuration: \(reason)"
    case .configuration(let key, let reason): "the model's configuration: “\(key)” \(reason)"
    case .option(let name, let reason): "the option \(name) \(reason)"
    }
  }
}
