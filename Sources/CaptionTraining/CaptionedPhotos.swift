internal import Algorithms
internal import Captioning
internal import Datasets
internal import Imaging
public import SystemPackage
internal import Tensors
internal import Training

/// Photos with their captions, some to learn from and some to measure by.
public struct CaptionedPhotos: Sendable {
  public struct Photo: Sendable {
    /// What messages call it.
    public let name: String
    /// Nil where its file was not found.
    public let path: FilePath?
    public let captions: [String]

    public init(name: String, path: FilePath?, captions: [String]) {
      (self.name, self.path, self.captions) = (name, path, captions)
    }
  }

  /// What messages call all of them: a name or a path.
  public let name: String
  public let training: [Photo]
  public let validation: [Photo]
  /// What scores call the validation photos.
  private let validationName: String
  /// Whether the validation photos are some of the others that were held back.
  let isHeldBack: Bool

  /// - Parameters:
  ///   - name: what errors call them.
  ///   - training: to learn from.
  ///   - validation: to measure by; where there are none, every tenth of the others is held back.
  ///   - validationName: what scores call these.
  public init(
    name: String, training: [Photo], validation: [Photo] = [], validationName: String = "val"
  ) {
    self.name = name
    guard validation.isEmpty else {
      (self.training, self.validation) = (training, validation)
      (self.validationName, isHeldBack) = (validationName, false)
      return
    }
    let parts = HeldBack.inTurn.split(training)
    (self.training, self.validation) = (parts.trained, parts.heldBack)
    isHeldBack = !parts.heldBack.isEmpty
    self.validationName = isHeldBack ? "held-back" : validationName
  }

  private init(name: String, sample: [Photo]) {
    (self.name, training, validation) = (name, sample, [])
    (validationName, isHeldBack) = ("", false)
  }

  /// What the validation photos' scores are called in a model's configuration.
  var scoreName: String {
    "\(name.split(separator: "/").last.map(String.init) ?? name)-\(validationName)"
  }

  /// Some of the photos to learn from, drawn at random, and none to measure by.
  func sample(_ count: Int, seed: UInt64) -> CaptionedPhotos {
    let described = training.filter { $0.captions.contains { !captionWords($0).isEmpty } }
    let found = described.filter { $0.path != nil }
    var random = SeededRandom(seed: seed)
    // Where no photo was found, those that were not are to be named.
    let drawn = (found.isEmpty ? described : found).shuffled(using: &random).prefix(count)
    return CaptionedPhotos(name: name, sample: Array(drawn))
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
  ///   `FeatureCacheError`; `CancellationError` where the observer stopped the work.
  func encoded(
    _ extractor: FeatureExtractor, mirrored: FeatureExtractor?, _ cache: FeatureCache,
    _ observer: TrainingObserver, threads: Int
  ) throws -> Sets {
    let there = there
    var failures: [String] = []
    func features(
      _ extractor: FeatureExtractor, failure: @escaping (String) -> Void
    ) throws -> CachedFeatures {
      let seen = try observer.during(.photos) {
        try cache.features(
          of: there.map(\.path), by: extractor, threads: threads,
          observer: FeatureCache.Observer(observer, failure: failure))
      }
      guard let seen else { throw CancellationError() }
      return seen
    }
    let cached = try features(extractor) { failures.append($0) }
    try checkMissing(failures, observer)
    // A photo that was read once can be read again.
    let flipped = try mirrored.map { try features($0) { _ in } }
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
    _ preprocessing: PreprocessingConfiguration, _ observer: TrainingObserver, threads: Int
  ) throws -> Sets {
    let there = there
    let paths = there.map(\.path)
    let images = TrainingImages(paths, preprocessing: preprocessing)
    var failures: [Int: String] = [:]
    for block in paths.indices.chunks(ofCount: 64 * threads) {
      for (image, reason) in images.failures(of: block, threads: threads) {
        failures[image] = reason
      }
      observer.tell(.preparation("reading photos", done: block.upperBound, of: paths.count))
    }
    try checkMissing(failures.sorted { $0.key < $1.key }.map(\.value), observer)
    return sets(there.map(\.photo), byteCount: 0) {
      failures[$0] == nil
    } images: { places in
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
        images(places), names: photos.map(\.name), references: photos.map(\.captions))
    }
    let measured = set(training.count..<all.count)
    return Sets(
      training: set(0..<training.count), validation: measured.count == 0 ? nil : measured,
      byteCount: byteCount)
  }

  /// - Parameter unreadable: why photos that were found cannot be read.
  /// - Throws: `TrainingError.data` where more than one in a hundred is missing or cannot be read.
  private func checkMissing(_ unreadable: [String], _ observer: TrainingObserver) throws {
    let all = training + validation
    let failures =
      all.filter { $0.path == nil }.map { "\($0.name): the photo was not found" } + unreadable
    guard let first = failures.first else { return }
    guard failures.count * 100 <= all.count else {
      throw TrainingError.data(
        path: name,
        reason: "\(failures.count) of \(all.count) photos cannot be read, at first: \(first)")
    }
    observer.tell(
      .note("\(failures.count) of \(all.count) photos are left out, at first: \(first)"))
  }
}

extension FeatureCache.Observer {
  fileprivate init(_ training: TrainingObserver, failure: @escaping (String) -> Void) {
    self.init()
    progress = { stage, done, total in
      let verb = stage == .reading ? "reading" : "looking at"
      training.tell(.preparation("\(verb) photos", done: done, of: total))
    }
    self.failure = { _, reason in failure(reason) }
    notice = { training.tell(.notice($0)) }
    shouldStop = training.shouldStop
  }
}
