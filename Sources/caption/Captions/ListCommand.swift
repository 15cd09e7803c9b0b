import ArgumentParser
import Foundation
import Store
import SystemPackage

/// `caption list`: the photos in the store.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List captioned photos, the latest first.",
    discussion: """
      It prints path, caption and confidence, in columns on a terminal and otherwise separated by \
      tabs; tab, line end and backslash in a value are written \\t, \\n, \\\\.

      EXAMPLES:
        caption list
        caption list --folder ~/Pictures/2021 --all --json
      """)

  @Option(help: "Photos in this folder and the folders in it only.", completion: .directory)
  var folder: String?

  @Option(help: "Captions by the model of this name only.")
  var model: String?

  @OptionGroup var length: LengthOptions<Usual>

  @OptionGroup var album: AlbumOptions
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var output: OutputOptions

  enum Usual: UsualLength {
    static let limit = 50
    static let rows = "photos"
  }

  func run() throws {
    let photos = try storeOptions.with(.read) {
      try $0.photos(
        in: folder.map { FilePath(argument: $0) }, model: model, limit: length.limit,
        datasets: album.datasets)
    }
    try output.print(columns: ["path", "caption", "confidence"], rows: photos) { $0.cells }
  }
}

extension PhotoSummary {
  /// Path, caption and confidence.
  var cells: [String] {
    [path.string, caption, confidence.map { String(format: "%.3f", $0) } ?? ""]
  }
}
