import ArgumentParser
import Batch
import CaptionTraining
import Datasets
import Foundation
import Store
import SystemPackage
import Training

/// The photos of a dataset with their captions, some to learn from and some to measure by.
struct TrainingPhotos {
  struct Photo: Sendable {
    let name: String
    let path: FilePath?
    let references: [String]
  }

  /// What messages call the dataset.
  let name: String
  let training: [Photo]
  let validation: [Photo]
  /// Whether the validation photos are some of the training split that were held back.
  let isHeldBack: Bool

  /// Every so many photos one is held back where there is no split to measure by.
  private static let held = 10

  /// - Parameters:
  ///   - dataset: a dataset of the store or, with a slash in it, a folder.
  ///   - split: whose photos to learn from; nil for `train` or, where there are no splits, all.
  ///   - validationSplit: whose photos to measure by; nil for `val` or, where there is none, every
  ///     tenth of the training photos.
  /// - Throws: `StoreError`, `DatasetError`; `TrainingError.data` for a split without photos.
  init(
    _ dataset: String, split: String?, validationSplit: String?, store: StoreOptions
  ) throws {
    let photos = try Self.photos(of: dataset, store)
    name = dataset.split(separator: "/").last.map(String.init) ?? dataset
    func chosen(_ split: String) -> [Photo] { photos.filter { $0.split == split }.map(\.photo) }
    func require(_ split: String) throws -> [Photo] {
      let chosen = chosen(split)
      guard chosen.isEmpty else { return chosen }
      let known = Set(photos.map(\.split)).sorted().joined(separator: ", ")
      throw TrainingError.data(
        path: dataset, reason: "there are no photos in its split “\(split)”, only in: \(known)")
    }
    let all =
      split == nil && photos.allSatisfy { $0.split == DatasetSplit.whole }
      ? photos.map(\.photo) : try require(split ?? "train")
    let measured = try validationSplit.map(require) ?? chosen("val")
    isHeldBack = measured.isEmpty && all.count >= Self.held
    guard isHeldBack else {
      (training, validation) = (all, measured)
      return
    }
    func part(_ isIncluded: (Int) -> Bool) -> [Photo] {
      all.indices.filter { isIncluded($0 % Self.held) }.map { all[$0] }
    }
    (training, validation) = (part { $0 != Self.held - 1 }, part { $0 == Self.held - 1 })
  }

  private static func photos(
    of dataset: String, _ store: StoreOptions
  ) throws -> [(split: String, photo: Photo)] {
    if dataset.contains("/") {
      let path = FilePath(argument: dataset)
      return try DatasetRequest(format: .folder, sources: [.init(path: path)]).read().entries.map {
        (
          $0.split ?? DatasetSplit.whole,
          Photo(name: $0.name, path: $0.path, references: $0.references)
        )
      }
    }
    return try store.with(.read) { try $0.datasetItems(of: dataset, split: nil) }.map {
      ($0.split, Photo(name: $0.name, path: $0.path, references: $0.references))
    }
  }

  /// What an encoder sees of the photos.
  ///
  /// - Returns: training and validation photos that can be read.
  /// - Throws: `TrainingError.data` where more than one in a hundred cannot; `ExitCode` after an
  ///   interruption.
  func encoded(
    _ extractor: FeatureExtractor, _ training: TrainingOptions
  ) throws -> (training: CaptionSet, validation: CaptionSet?, byteCount: Int) {
    let all = self.training + validation
    let interruption = Interruption { note("stopping") }
    var bar = Progress(total: all.count, style: training.progress, isQuiet: training.quiet)
    let results = try extractor.features(count: all.count, threads: training.threads) { index in
      let photo = all[index]
      guard let path = photo.path else {
        throw TrainingError.data(path: photo.name, reason: "the photo was not found")
      }
      return (try PhotoFile(at: path).bytes, path.string)
    } progress: { more, failed in
      bar.advance(by: more, worked: more, failed: failed)
      if let status = interruption.exitStatus {
        bar.finish()
        throw ExitCode(status)
      }
    }
    bar.finish()
    var (failed, first) = (0, "")
    for case .failure(let error) in results {
      if failed == 0 { first = "\(error)" }
      failed += 1
    }
    guard failed * 100 <= all.count else {
      throw TrainingError.data(
        path: name, reason: "\(failed) of \(all.count) photos cannot be read: \(first)")
    }
    if failed > 0, !training.quiet {
      note("\(failed) of \(all.count) photos cannot be read and are left out: \(first)")
    }
    let parts = [0..<self.training.count, self.training.count..<all.count].map { range in
      var (images, photos): ([FeatureMemory.Image], [Photo]) = ([], [])
      for index in range {
        guard let image = try? results[index].get() else { continue }
        images.append(image)
        photos.append(all[index])
      }
      let memory = FeatureMemory(images)
      return (
        CaptionSet(
          features: memory, names: photos.map(\.name), references: photos.map(\.references)),
        memory.byteCount
      )
    }
    return (
      parts[0].0, parts[1].0.names.isEmpty ? nil : parts[1].0, parts[0].1 + parts[1].1
    )
  }
}
