import Batch
import Foundation
import Store
import SystemPackage

extension FilePath {
  /// The path that a command-line argument stands for.
  init(argument: String) {
    if let bytes = bytesBeforeRepair(of: argument) {
      self.init(platformString: bytes)
    } else {
      self.init(argument)
    }
  }
}

/// What was given as a command-line argument, ended by a zero byte, where Swift repaired it because
/// it is not valid UTF-8; nil where it is as it was given.
func bytesBeforeRepair(of argument: String) -> UnsafePointer<CChar>? {
  guard let index = repairedArguments[argument] else { return nil }
  return CommandLine.unsafeArgv[index].map { UnsafePointer($0) }
}

/// Where on the command line the arguments stand that Swift repaired, by what they are now.
private let repairedArguments: [String: Int] = {
  let arguments = (0..<Int(CommandLine.argc)).lazy.compactMap { index in
    CommandLine.unsafeArgv[index].map { (bytes: $0, index: index) }
  }
  let repaired = arguments.filter { String(validatingCString: $0.bytes) == nil }
    .map { (String(cString: $0.bytes), $0.index) }
  return Dictionary(repaired) { first, _ in first }
}()

/// What picture a photo on the command line is: by its path or, where that is new or has changed, by
/// what is in the file.
///
/// - Returns: nil where the store has no such picture.
/// - Throws: `StoreError`; `ImagingError` where the photo is neither in the store nor readable.
func picture(of photo: FilePath, in store: Store) throws -> PictureID? {
  try store.picture(at: photo)
    ?? store.picture(of: PhotoIdentity(of: PhotoFile(at: photo).bytes))
    ?? store.unidentifiedPicture(at: photo)
}
