internal import Foundation
public import Language
internal import ModelFiles
public import Tensors

/// A captioning model on disk: a folder of `config.json`, `model.safetensors`, the vocabulary, and,
/// where captions name the photo's class, the classes' nouns.
public struct ModelBundle: Sendable {
  public let folder: String
  public let configuration: ModelConfiguration
  public let vocabulary: Vocabulary
  public let weights: SafetensorsFile
  /// What captions call the photo's class; nil for models that do not name it.
  package let nouns: ClassNouns?

  /// The name of the model that is used when none is given.
  public static let defaultName = "embedded"

  private static let kind = "captioner"

  /// Opens the bundle in `folder`.
  ///
  /// - Throws: `ModelFolderError.noModel` if there is no `config.json`, `.invalid` if it cannot be
  ///   understood; `VocabularyError`; `WeightError`.
  public init(folder: String) throws {
    try self.init(ModelFolder(path: folder))
  }

  private init(_ folder: ModelFolder) throws {
    self.folder = folder.path
    configuration = try folder.configuration(ModelConfiguration.self, kind: Self.kind)
    vocabulary = try Vocabulary(
      path: folder.file(configuration.vocabulary.file), configuration: configuration.vocabulary)
    do {
      try configuration.decoding.validate()
      _ = try TokenRules(configuration.decoding, vocabulary: vocabulary)
      nouns = try configuration.naming.map { [vocabulary] naming in
        try Self.nouns(naming, folder, vocabulary)
      }
    } catch let error as CaptioningError {
      throw folder.invalid("\(error)")
    }
    weights = try SafetensorsFile(path: folder.weightsPath)
  }

  private static func nouns(
    _ naming: NamingConfiguration, _ folder: ModelFolder, _ vocabulary: Vocabulary
  ) throws -> ClassNouns {
    try ClassNouns(naming, path: folder.file(naming.nouns), vocabulary: vocabulary)
  }

  /// Finds a bundle by name or path and opens it.
  ///
  /// A path (anything with a slash) is taken as it is. A name is looked up in the data folders.
  ///
  /// - Throws: `ModelFolderError.noModel` if there is none of that name; else as `init(folder:)`.
  public static func find(_ name: String = defaultName) throws -> ModelBundle {
    try ModelBundle(ModelFolder.find(name))
  }
}
