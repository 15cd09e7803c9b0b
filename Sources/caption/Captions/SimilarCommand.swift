import ArgumentParser
import Batch
import Captioning
import Foundation
import Store
import SystemPackage
import Tensors

/// `caption similar`: photos that look like one.
struct SimilarCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "similar",
    abstract: "Find the photos that look most like one, by the encoder's embeddings.",
    discussion: """
      It prints path, caption and cosine (1 is the same picture). A photo that is not in the store \
      is looked at with the model first.

      EXAMPLES:
        caption similar photo.jpg
        caption similar photo.jpg --limit 5 --json
      """)

  @Argument(help: "The photo.", completion: .file())
  var photo: String

  @Option(help: ArgumentHelp("Print this many photos at most.", valueName: "count"))
  var limit = 20

  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var album: AlbumOptions
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit takes a number from 1, not \(limit).") }
  }

  func run() throws {
    let bundle = try ModelBundle.find(runtime.model)
    let model = try ModelIdentity(bundle, store: nil).contentHash
    let path = FilePath(argument: photo)
    let found = try storeOptions.with(.read) { store in
      let picture = try picture(of: path, in: store)
      let known = try picture.flatMap { try store.embedding(of: $0, model: model) }
      let embedding = try known ?? embedding(path, bundle)
      let itself = try picture.flatMap { try store.details(of: $0) }?.paths ?? []
      // One more, as it finds itself.
      let all = try store.similar(
        to: embedding, model: model, limit: limit == .max ? .max : limit + 1,
        datasets: album.datasets)
      return Array(all.filter { !itself.contains($0.photo.path) }.prefix(limit))
    }
    try output.print(columns: ["path", "caption", "cosine"], rows: found) {
      [$0.photo.path.string, $0.photo.caption, String(format: "%.3f", $0.cosine)]
    }
  }

  private func embedding(_ path: FilePath, _ bundle: ModelBundle) throws -> [Float] {
    let encoder = try PhotoEncoder(
      EncoderSource(bundle), outputs: [.embedding], threads: runtime.threads)
    let photo = try encoder.encode(bytes: PhotoFile(at: path).bytes, name: path.string)
    return photo.embedding?.elements ?? []
  }
}
