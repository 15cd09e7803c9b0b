package import Captioning
package import Files
internal import Foundation
internal import Language
internal import ModelFiles
package import Store
internal import SystemPackage

extension ModelIdentity {
  /// The identity of a bundle.
  ///
  /// - Parameter store: remembers the hash as long as the files stay; nil to hash them each time.
  /// - Throws: `StoreError`; `ModelFolderError.unreadable` where a file of the bundle has gone.
  package init(_ bundle: ModelBundle, store: Store?) throws {
    let configuration = bundle.configuration
    let files =
      ["config.json", configuration.vocabulary.file, "model.safetensors"]
      + [configuration.naming?.nouns].compactMap { $0 }
    self.init(
      name: configuration.name,
      contentHash: try ContentHash(
        ofModel: bundle.folder, files: files.map { "\(bundle.folder)/\($0)" }, store: store),
      configuration: try json(configuration))
  }
}

extension ContentHash {
  /// The hash of a model: of the hashes of its files.
  ///
  /// - Parameter store: remembers the hash as long as the files stay; nil to hash them each time.
  /// - Throws: `StoreError`; `ModelFolderError.unreadable` where a file of the model has gone.
  package init(ofModel folder: String, files: [String], store: Store?) throws {
    let folder = FilePath(folder).absolute
    let files = files.map { FilePath($0) }
    let states = files.map { FileState(of: $0) }
    let signature = states.map { "\($0?.byteCount ?? 0):\($0?.modifiedNanoseconds ?? 0)" }
      .joined(separator: " ")
    if let known = try store?.modelHash(folder: folder, signature: signature) {
      self = known
      return
    }
    self.init(
      of: try files.flatMap { file in
        do {
          return try ContentHash(ofFile: file).bytes
        } catch {
          throw ModelFolderError.unreadable(path: file.string, reason: "\(error)")
        }
      })
    try store?.rememberModel(folder: folder, signature: signature, hash: self)
  }
}

extension DecodingOptions {
  /// All options as JSON with sorted keys: equal options are equal texts.
  package var canonical: String {
    get throws { try json(self) }
  }
}
