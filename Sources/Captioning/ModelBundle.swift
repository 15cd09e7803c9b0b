internal import Foundation
public import Language
public import Tensors

/// A model on disk: a folder of `config.json`, `model.safetensors` and the vocabulary.
public struct ModelBundle: Sendable {
  public let folder: String
  public let configuration: ModelConfiguration
  public let vocabulary: Vocabulary
  public let weights: SafetensorsFile

  /// The name of the model that is used when none is given.
  public static let defaultName = "embedded"

  private static let supportedFormat = 1
  /// More than any configuration needs; a larger file is not one.
  private static let maximumConfigurationSize = 1 << 20

  /// Opens the bundle in `folder`.
  ///
  /// - Throws: `CaptioningError.noModel` if there is no `config.json`, `.invalidModel` if it cannot
  ///   be understood; `VocabularyError`; `WeightError`.
  public init(folder: String) throws {
    self.folder = folder
    let path = folder + "/config.json"
    guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int else {
      throw CaptioningError.noModel(name: folder, searched: [])
    }
    func invalid(_ reason: String) -> CaptioningError {
      .invalidModel(path: path, reason: reason)
    }
    guard size <= Self.maximumConfigurationSize else { throw invalid("it has \(size) bytes") }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CaptioningError.unreadable(path: path, reason: "access denied or an I/O error")
    }
    do {
      configuration = try JSONDecoder().decode(ModelConfiguration.self, from: data)
      try configuration.decoding.validate()
    } catch let error as DecodingError {
      throw invalid(Self.explain(error))
    } catch let error as CaptioningError {
      throw invalid("\(error)")
    }
    guard configuration.format == Self.supportedFormat else {
      throw invalid(
        "it has format \(configuration.format), this program reads \(Self.supportedFormat)")
    }
    guard configuration.kind == "captioner" else {
      throw invalid("it is a “\(configuration.kind)”, not a captioner")
    }
    let vocabularyFile = configuration.vocabulary.file
    guard !vocabularyFile.isEmpty, !vocabularyFile.contains("/"), vocabularyFile != ".." else {
      throw invalid("the vocabulary “\(vocabularyFile)” is not a file of the bundle")
    }
    vocabulary = try Vocabulary(
      path: folder + "/" + vocabularyFile, configuration: configuration.vocabulary)
    weights = try SafetensorsFile(path: folder + "/model.safetensors")
  }

  /// Finds a bundle by name or path and opens it.
  ///
  /// A path (anything with a slash) is taken as it is. A name is looked up in the folders of
  /// `DataFolders.standard`, in that order.
  ///
  /// - Throws: `CaptioningError.noModel` if there is none of that name; else as `init(folder:)`.
  public static func find(_ name: String = defaultName) throws -> ModelBundle {
    if name.contains("/") { return try ModelBundle(folder: name) }
    for folder in DataFolders.standard.models {
      let candidate = folder + "/" + name
      if FileManager.default.fileExists(atPath: candidate + "/config.json") {
        return try ModelBundle(folder: candidate)
      }
    }
    throw CaptioningError.noModel(name: name, searched: DataFolders.standard.models)
  }

  /// The names of all models in the data folders, each with the folder that `find` would open, by
  /// name.
  public static func installed() -> [(name: String, folder: String)] {
    var found: [String: String] = [:]
    for folder in DataFolders.standard.models {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      where found[name] == nil
        && FileManager.default.fileExists(atPath: "\(folder)/\(name)/config.json")
      {
        found[name] = "\(folder)/\(name)"
      }
    }
    return found.sorted { $0.key < $1.key }.map { (name: $0.key, folder: $0.value) }
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
