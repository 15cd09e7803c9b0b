public import Files
package import Foundation
internal import SystemPackage

/// A model on disk: a folder with a `config.json`, which says what the model is, and beside it the
/// weights and the words it knows.
public struct ModelFolder: Sendable {
  public let path: String

  /// The layout of `config.json` that this program reads.
  private static let supportedFormat = 1
  /// More than any configuration needs, in bytes; a larger file is not one.
  private static let maximumConfigurationSize = 1 << 20

  /// What every configuration begins with.
  private struct Header: Decodable {
    let format: Int
    let kind: String
  }

  public init(path: String) {
    self.path = path
  }

  /// Finds a model by name or path.
  ///
  /// A path (anything with a slash) is taken as it is. A name is looked up in the folders of
  /// `DataFolders.standard`, in that order.
  ///
  /// - Throws: `ModelFolderError.noModel` if there is none of that name.
  package static func find(_ name: String) throws -> ModelFolder {
    if name.contains("/") { return ModelFolder(path: name) }
    for folder in DataFolders.standard.models {
      let candidate = folder + "/" + name
      if FileManager.default.fileExists(atPath: candidate + "/config.json") {
        return ModelFolder(path: candidate)
      }
    }
    throw ModelFolderError.noModel(name: name, searched: DataFolders.standard.models)
  }

  /// All models in the data folders, each with the folder that `find` would open, by name.
  package static func installed() -> [(name: String, kind: String, folder: ModelFolder)] {
    var found: [String: (kind: String, folder: ModelFolder)] = [:]
    for folder in DataFolders.standard.models {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      where found[name] == nil {
        let candidate = ModelFolder(path: "\(folder)/\(name)")
        if let kind = try? candidate.kind { found[name] = (kind, candidate) }
      }
    }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value.kind, $0.value.folder) }
  }

  /// What `config.json` says that the model is.
  ///
  /// - Throws: `ModelFolderError`.
  package var kind: String {
    get throws { try header().kind }
  }

  /// The folder's `config.json`.
  package var configurationPath: String { path + "/config.json" }

  /// The folder's `model.safetensors`.
  package var weightsPath: String { path + "/model.safetensors" }

  /// Reads `config.json`.
  ///
  /// - Parameter kind: what the model must be, such as `captioner`.
  /// - Throws: `ModelFolderError`.
  package func configuration<Configuration: Decodable>(
    _ type: Configuration.Type, kind: String
  ) throws -> Configuration {
    let header = try header()
    guard header.format == Self.supportedFormat else {
      throw invalid("it has format \(header.format), this program reads \(Self.supportedFormat)")
    }
    guard header.kind == kind else { throw invalid("it is a “\(header.kind)”, not a \(kind)") }
    return try decode(type)
  }

  /// Whether there is a model in the folder, and a file of this name is one of its files: its
  /// configuration, its weights, or what the configuration names.
  package func contains(_ name: String) -> Bool {
    guard (try? kind) != nil, let data = try? data(),
      let configuration = try? JSONSerialization.jsonObject(with: data)
    else { return false }
    func names(_ value: Any) -> Bool {
      switch value {
      case let text as String: text == name
      case let list as [Any]: list.contains(where: names)
      case let object as [String: Any]: object.values.contains(where: names)
      default: false
      }
    }
    return [configurationPath, weightsPath].contains(path + "/" + name) || names(configuration)
  }

  /// The path of a file that `config.json` names.
  ///
  /// - Throws: `ModelFolderError.invalid` if the name leads out of the folder.
  package func file(_ name: String) throws -> String {
    guard !name.isEmpty, !name.contains("/"), name != ".." else {
      throw invalid("“\(name)” is not a file of the bundle")
    }
    return path + "/" + name
  }

  /// What the file of the words is called in the models that training writes.
  package static let vocabularyFile = "vocabulary.txt"

  /// Writes the words, one a line, and then `config.json`, so that a folder whose weights were
  /// written before is a model only when it is whole.
  ///
  /// - Throws: `FileFailure`; `EncodingError` where a number is not finite.
  package func write(_ configuration: some Encodable, words: [String]) throws {
    try replaceFile(
      at: FilePath(path + "/" + Self.vocabularyFile),
      with: Array((words.joined(separator: "\n") + "\n").utf8))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try replaceFile(
      at: FilePath(configurationPath),
      with: Array(encoder.encode(configuration)) + [UInt8(ascii: "\n")])
  }

  /// The bytes of `config.json` with a section put in, in the place of one of that name. All else
  /// stays, also what this program does not know.
  ///
  /// - Throws: `ModelFolderError`; `EncodingError`.
  package func configuration(replacing key: String, with section: some Encodable) throws -> Data {
    guard var object = try JSONSerialization.jsonObject(with: data()) as? [String: Any] else {
      throw invalid("it is not a JSON object")
    }
    object[key] = try JSONSerialization.jsonObject(with: JSONEncoder().encode(section))
    let options: JSONSerialization.WritingOptions = [
      .prettyPrinted, .sortedKeys, .withoutEscapingSlashes,
    ]
    return try JSONSerialization.data(withJSONObject: object, options: options)
      + [UInt8(ascii: "\n")]
  }

  /// An error about `config.json`.
  package func invalid(_ reason: String) -> ModelFolderError {
    .invalid(path: configurationPath, reason: reason)
  }

  private func header() throws -> Header { try decode(Header.self) }

  private func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let data = try data()
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
      throw invalid(Self.explain(error))
    }
  }

  /// The bytes of `config.json`.
  private func data() throws -> Data {
    let path = configurationPath
    do {
      return Data(try RegularFile.contents(path: path, limit: Self.maximumConfigurationSize))
    } catch .system(ENOENT), .system(ENOTDIR) {
      throw ModelFolderError.noModel(name: self.path, searched: [])
    } catch .tooLong {
      throw invalid("it is longer than \(Self.maximumConfigurationSize >> 20) MiB")
    } catch {
      throw ModelFolderError.unreadable(path: path, reason: "\(error)")
    }
  }

  /// What is wrong with a configuration, as half a sentence that names the key.
  private static func explain(_ error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "the top level" : "“" + path.map(\.stringValue).joined(separator: ".") + "”"
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "\(place(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(place(context.codingPath)) has the wrong type"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty
        ? "it is not JSON" : "\(place(context.codingPath)): \(context.debugDescription)"
    @unknown default:
      return "it cannot be understood"
    }
  }
}

/// What can be wrong with a model's folder.
public enum ModelFolderError: Failure, Equatable {
  /// There is no model of this name; `searched` are the folders that were looked into.
  case noModel(name: String, searched: [String])
  /// A model's file cannot be read.
  case unreadable(path: String, reason: String)
  /// A model's `config.json` cannot be understood.
  case invalid(path: String, reason: String)

  public var parts: FailureParts {
    switch self {
    case .noModel(let name, let searched):
      .init(
        .noInput, searched.isEmpty ? name : nil,
        searched.isEmpty
          ? "there is no model (no config.json)"
          : "there is no model “\(name)” in \(searched.joined(separator: ", "))")
    case .unreadable(let path, let reason): .init(.noInput, path, "cannot be read: \(reason)")
    case .invalid(let path, let reason):
      .init(.badData, path, "not a model's configuration: \(reason)")
    }
  }
}
