public import Language
internal import ModelFiles
public import Tensors

/// A captioning model on disk: a folder of `config.json`, `model.safetensors` and the vocabulary.
public struct ModelBundle: Sendable {
  public let folder: String
  public let configuration: ModelConfiguration
  public let vocabulary: Vocabulary
  public let weights: SafetensorsFile

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
    do {
      try configuration.decoding.validate()
    } catch let error as CaptioningError {
      throw folder.invalid("\(error)")
    }
    vocabulary = try Vocabulary(
      path: folder.file(configuration.vocabulary.file), configuration: configuration.vocabulary)
    weights = try SafetensorsFile(path: folder.weightsPath)
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
