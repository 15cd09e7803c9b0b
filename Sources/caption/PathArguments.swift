import Batch
import Foundation
import Store
import SystemPackage

extension FilePath {
  /// The path that a command-line argument stands for.
  ///
  /// Swift repairs arguments that are not valid UTF-8, after which they name no file any more; here
  /// they get their bytes back.
  init(argument: String) {
    let original = CommandLine.unsafeArgv
    for index in 0..<Int(CommandLine.argc) {
      guard let bytes = original[index], String(validatingCString: bytes) == nil else { continue }
      if String(cString: bytes) == argument {
        self.init(platformString: bytes)
        return
      }
    }
    self.init(argument)
  }
}

/// What picture a photo on the command line is: by its path or, where that is new, by its content.
///
/// - Throws: `StoreError`; `ImagingError` where the photo is neither in the store nor readable.
func content(of photo: FilePath, in store: Store) throws -> ContentHash {
  try store.content(at: photo) ?? ContentHash(of: PhotoFile(at: photo).bytes)
}
