import ArgumentParser
import CaptionTraining
import Datasets
import Store
import SystemPackage
import Training

/// Which photos and captions a captioner learns from, and how many at a time.
struct CaptionDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A dataset of the store, or, with a slash in it, a folder of photos with captions beside "
        + "them (see “caption dataset import”).", valueName: "name|folder"))
  var dataset: String

  @Option(help: "The split to learn from (default: train, or all where there are no splits).")
  var split: String?

  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp(
      "Where what encoders see is kept (default: caption/features in the user's cache folder).",
      valueName: "folder"), completion: .directory)
  var features: String?

  @Option(
    help: ArgumentHelp(
      "How many captions a step reads, or compares (default: 64; 320 with --self-critical; 32 for a "
        + "check).",
      valueName: "count"))
  var batch: Int?

  func validate() throws {
    guard (1...65_536).contains(batch ?? 1) else {
      throw ValidationError("--batch takes a number from 1 to 65536.")
    }
    try requires(["--store": store.file], with: "a dataset of the store", !isFolder)
  }

  private var isFolder: Bool { dataset.contains("/") }

  /// The plan's options that are of the data and the model.
  func options(with captioner: CaptionModelOptions) -> CaptioningPlan.Options {
    var options = CaptioningPlan.Options()
    options.batch = batch
    options.features = features.map { FilePath(argument: $0) }
    options.encoder = captioner.fineTuning.training
    options.maximumLength = captioner.maximumLength
    return options
  }

  /// - Parameter validationSplit: whose photos to measure by; nil for `val` or, where there is none,
  ///   every tenth of the others.
  /// - Throws: `StoreError`, `DatasetError`; `TrainingError.data` for a split without photos.
  func photos(validationSplit: String? = nil) throws -> CaptionedPhotos {
    let photos = try items()
    func chosen(_ split: String) -> [CaptionedPhotos.Photo] {
      photos.filter { $0.split == split }.map(\.photo)
    }
    func require(_ split: String) throws -> [CaptionedPhotos.Photo] {
      let chosen = chosen(split)
      guard chosen.isEmpty else { return chosen }
      let known = Set(photos.map(\.split)).sorted().joined(separator: ", ")
      throw TrainingError.data(
        path: dataset, reason: "there are no photos in its split “\(split)”, only in: \(known)")
    }
    let all =
      split == nil && photos.allSatisfy { $0.split == DatasetSplit.whole }
      ? photos.map(\.photo) : try require(split ?? "train")
    return CaptionedPhotos(
      name: dataset, training: all, validation: try validationSplit.map(require) ?? chosen("val"),
      validationName: validationSplit ?? "val")
  }

  private func items() throws -> [(split: String, photo: CaptionedPhotos.Photo)] {
    guard isFolder else {
      return try store.with(.read) { try $0.datasetItems(of: dataset, split: nil) }.map {
        ($0.split, .init(name: $0.name, path: $0.path, captions: $0.references))
      }
    }
    let contents = try DatasetRequest(
      format: .folder, sources: [.init(path: FilePath(argument: dataset))]
    ).read()
    let files = contents.problems.filter { [.otherEncoding, .unreadableFile].contains($0.kind) }
    for line in DatasetReport(files).summary(dataset: nil) { note(line) }
    return contents.entries.map {
      ($0.split ?? DatasetSplit.whole, .init(name: $0.name, path: $0.path, captions: $0.references))
    }
  }
}
