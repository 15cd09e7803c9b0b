package import Captioning
internal import Foundation
internal import Language
internal import ModelFiles
package import Store
internal import SystemPackage

extension ModelIdentity {
  /// The identity of a bundle: the hash of the hashes of its configuration, vocabulary and weights.
  ///
  /// - Parameter store: remembers the hash as long as the files stay; nil to hash them each time.
  /// - Throws: `StoreError`; `ModelFolderError.unreadable` where a file of the bundle has gone.
  package init(_ bundle: ModelBundle, store: Store?) throws {
    let folder = FilePath(bundle.folder).absolute
    let files = ["config.json", bundle.configuration.vocabulary.file, "model.safetensors"].map {
      folder.appending($0)
    }
    let states = files.map { FileState(of: $0) }
    let signature = states.map { "\($0?.byteCount ?? 0):\($0?.modifiedNanoseconds ?? 0)" }
      .joined(separator: " ")
    var hash = try store?.modelHash(folder: folder, signature: signature)
    if hash == nil {
      let computed = ContentHash(
        of: try files.flatMap { file in
          do {
            return try ContentHash(ofFile: file).bytes
          } catch {
            throw ModelFolderError.unreadable(path: file.string, reason: "\(error)")
          }
        })
      try store?.rememberModel(folder: folder, signature: signature, hash: computed)
      hash = computed
    }
    guard let hash else { preconditionFailure("a model without a hash") }
    self.init(
      name: bundle.configuration.name, contentHash: hash,
      configuration: try json(bundle.configuration))
  }
}

extension DecodingOptions {
  /// All options as JSON with sorted keys: equal options are equal texts.
  package var canonical: String {
    get throws { try json(self) }
  }
}
