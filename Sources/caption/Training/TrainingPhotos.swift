import ArgumentParser
import Batch
import CaptionTraining
import Datasets
import Foundation
import Imaging
import Store
import SystemPackage
import Tensors
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

  private init(name: String, training: [Photo]) {
    (self.name, self.training) = (name, training)
    (validation, isHeldBack) = ([], false)
  }

  /// Some of the photos to learn from, drawn at random, and none to measure by.
  func sample(_ count: Int, seed: UInt64) -> TrainingPhotos {
    let described = training.filter { $0.references.contains { !captionWords($0).isEmpty } }
    let found = described.filter { $0.path != nil }
    var random = SeededRandom(seed: seed)
    // Where no photo was found, those that were not are to be named.
    let drawn = (found.isEmpty ? described : found).shuffled(using: &random).prefix(count)
    return TrainingPhotos(name: name, training: Array(drawn))
  }

  private static func photos(
    of dataset: String, _ store: StoreOptions
  ) throws -> [(split: String, photo: Photo)] {
    if dataset.contains("/") {
      let path = FilePath(argument: dataset)
      let contents = try DatasetRequest(format: .folder, sources: [.init(path: path)]).read()
      let files = contents.problems.filter { [.otherEncoding, .unreadableFile].contains($0.kind) }
      for line in DatasetReport(files).summary(dataset: nil) { note(line) }
      return contents.entries.map {
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

  /// The photos that can be read, to learn from and to measure by.
  struct Sets {
    let training: CaptionSet
    let validation: CaptionSet?
    /// Of what a frozen encoder saw.
    let byteCount: Int
  }

  /// What a frozen encoder sees of the photos, from the cache where it is there.
  ///
  /// - Parameter mirrored: makes what training sees half the time; nil for photos as they are.
  /// - Throws: `TrainingError.data` where more than one in a hundred cannot be read;
  ///   `FeatureCacheError`; `ExitCode` after an interruption.
  func encoded(
    _ extractor: FeatureExtractor, mirrored: FeatureExtractor?, _ cache: FeatureCache,
    _ session: SessionOptions
  ) throws -> Sets {
    let there = there
    let paths = there.map(\.path)
    var failures: [String] = []
    let cached = try features(of: paths, extractor, cache, session) { failures.append($0) }
    try checkMissing(failures, session)
    // A photo that was read once can be read again.
    let flipped = try mirrored.map { try features(of: paths, $0, cache, session) { _ in } }
    return sets(
      there.map(\.photo), byteCount: 2 * cached.size * there.count * (flipped == nil ? 1 : 2)
    ) {
      cached.contains($0) && flipped?.contains($0) ?? true
    } images: {
      .features(PhotoFeatures(cached, mirrored: flipped, photos: $0))
    }
  }

  /// The photos themselves, for an encoder that is trained; each is read once to see whether it can
  /// be.
  ///
  /// - Throws: `TrainingError.data` where more than one in a hundred cannot.
  func readable(
    _ preprocessing: PreprocessingConfiguration, _ session: SessionOptions
  ) throws -> Sets {
    let there = there
    let paths = there.map(\.path)
    let images = TrainingImages(paths, preprocessing: preprocessing)
    var line = ProgressLine(style: session.progress, isQuiet: session.quiet)
    var failures: [Int: String] = [:]
    let block = 64 * session.threads
    for start in stride(from: 0, to: paths.count, by: block) {
      let end = min(paths.count, start + block)
      for (image, reason) in images.failures(of: start..<end, threads: session.threads) {
        failures[image] = reason
      }
      line.show("reading photos, \(end)/\(paths.count)", done: end, of: paths.count)
    }
    line.finish()
    try checkMissing(failures.sorted { $0.key < $1.key }.map(\.value), session)
    return sets(there.map(\.photo), byteCount: 0, isReadable: { failures[$0] == nil }) { places in
      .photos(TrainingImages(places.map { paths[$0] }, preprocessing: preprocessing))
    }
  }

  /// The photos whose files were found, by their places among all: those to learn from first.
  private var there: [(photo: Int, path: FilePath)] {
    (training + validation).enumerated().compactMap { photo in
      photo.element.path.map { (photo.offset, $0) }
    }
  }

  /// - Parameters:
  ///   - there: which of all photos were found.
  ///   - isReadable: by place in `there`.
  ///   - images: of places in `there`.
  private func sets(
    _ there: [Int], byteCount: Int, isReadable: (Int) -> Bool,
    images: ([Int]) -> CaptionSet.Images
  ) -> Sets {
    let all = training + validation
    func set(_ range: Range<Int>) -> CaptionSet {
      let places = there.indices.filter { range ~= there[$0] && isReadable($0) }
      let photos = places.map { all[there[$0]] }
      return CaptionSet(
        images(places), names: photos.map(\.name), references: photos.map(\.references))
    }
    let measured = set(training.count..<all.count)
    return Sets(
      training: set(0..<training.count), validation: measured.count == 0 ? nil : measured,
      byteCount: byteCount)
  }

  /// - Parameter unreadable: why photos that were found cannot be read.
  /// - Throws: `TrainingError.data` where more than one in a hundred is missing or cannot be read.
  private func checkMissing(_ unreadable: [String], _ session: SessionOptions) throws {
    let all = training + validation
    let failures =
      all.filter { $0.path == nil }.map { "\($0.name): the photo was not found" } + unreadable
    guard let first = failures.first else { return }
    guard failures.count * 100 <= all.count else {
      throw TrainingError.data(
        path: name,
        reason: "\(failures.count) of \(all.count) photos cannot be read, at first: \(first)")
    }
    if !session.quiet {
      note("\(failures.count) of \(all.count) photos are left out, at first: \(first)")
    }
  }

  private func features(
    of paths: [FilePath], _ extractor: FeatureExtractor, _ cache: FeatureCache,
    _ session: SessionOptions, failure: @escaping (String) -> Void
  ) throws -> CachedFeatures {
    let isQuiet = session.quiet
    let interruption = Interruption {
      if !isQuiet { note("stopping, what the encoder saw is kept; once more stops at once") }
    }
    defer { interruption.end() }
    var line = ProgressLine(style: session.progress, isQuiet: isQuiet)
    var observer = FeatureCache.Observer()
    observer.progress = { stage, done, total in
      let verb = stage == .reading ? "reading" : "looking at"
      line.show("\(verb) photos, \(done)/\(total)", done: done, of: total)
    }
    observer.failure = { _, reason in failure(reason) }
    observer.notice = { line.say("caption: \($0)") }
    observer.shouldStop = { interruption.flag.isRaised }
    let cached = try cache.features(
      of: paths, by: extractor, threads: session.threads, observer: observer)
    line.finish()
    guard let cached else { throw ExitCode(interruption.exitStatus ?? 1) }
    return cached
  }
}
