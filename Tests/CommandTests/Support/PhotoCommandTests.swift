import TestSupport

/// What tests of commands on folders of photos begin with.
class PhotoCommandTests {
  let caption: CommandLineTool
  let folder: TemporaryFolder
  /// In the folder; empty.
  let photos: PhotoFolder

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
    photos = try PhotoFolder(folder.path + "/photos")
  }
}
