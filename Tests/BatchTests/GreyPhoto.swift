import Foundation
import Store
import SystemPackage
import TestSupport

/// A small photo alone in a folder, and an empty store.
struct GreyPhoto {
  let folder: TemporaryFolder
  let path: FilePath
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    path = FilePath(folder.path).appending("grey.jpg")
    let original = projectFolder.appending(path: "data/references/images/decoding/grey.jpg")
    try FileManager.default.copyItem(atPath: original.path, toPath: path.string)
    store = try Store()
  }
}
