import ArgumentParser
import CaptionTraining
import Captioning
import Language
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
  }

  /// - Parameter validationSplit: as `TrainingPhotos` takes it.
  /// - Throws: as `TrainingPhotos`.
  func photos(validationSplit: String? = nil) throws -> TrainingPhotos {
    try TrainingPhotos(dataset, split: split, validationSplit: validationSplit, store: store)
  }

  var cache: FeatureCache {
    features.map { FeatureCache(folder: FilePath(argument: $0)) } ?? FeatureCache()
  }

  /// The captions of a set in a model's words.
  ///
  /// - Throws: `TrainingError.data` where there is nothing to learn.
  func captions(of set: CaptionSet, _ model: CaptionModel) throws -> EncodedCaptions {
    let captions = EncodedCaptions(
      set, vocabulary: model.vocabulary, limit: model.decoding.maximumLength)
    guard !captions.captions.isEmpty else {
      throw TrainingError.data(path: dataset, reason: "there are no captions with words in it")
    }
    guard captions.unknown * 2 <= captions.words else {
      throw TrainingError.data(
        path: dataset,
        reason: "\(captions.unknown) of the captions’ \(captions.words) words are outside the "
          + "vocabulary of \(model.vocabulary.count); a lower --minimum-count may help")
    }
    return captions
  }
}
