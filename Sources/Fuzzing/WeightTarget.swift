internal import CaptionTraining
internal import Captioning
internal import Foundation
internal import Imaging
internal import SystemPackage
internal import Tensors
internal import Training

/// Reads a file of weights as such, as a model's and as a checkpoint; what is none is taken for
/// changes of a cache of features.
struct WeightTarget: FuzzTarget {
  private let place: FuzzPlace
  private let models: TinyModels
  private let extractor: FeatureExtractor
  /// The files of a cache, and what is in it.
  private let cache: (index: [UInt8], rows: [UInt8], rowsName: String, features: Tensor)

  init(_ place: FuzzPlace) throws {
    self.place = place
    models = try TinyModels(place)
    extractor = try FeatureExtractor(
      EncoderSource(ModelBundle(folder: models.captioner)), output: .map)
    let pixels = (0..<16 * 16 * 3).map { UInt8(truncatingIfNeeded: $0 * 5) }
    try place.write(
      [UInt8](RGBImage(width: 16, height: 16, pixels: pixels).pngData()), to: "photo.png")
    cache = try Self.filled(extractor, place)
  }

  func run(_ input: [UInt8]) throws(FuzzFailure) {
    let length = input.prefix(8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    guard input.count >= 8, length <= UInt64(input.count) else { return try damageCache(input) }
    try place.write(input, to: "captioner/model.safetensors")
    try place.write(input, to: "sentiment/model.safetensors")
    let path = models.captioner + "/model.safetensors"
    let file = try allowing(isAboutModel) { try SafetensorsFile(path: path) }
    for name in (file?.entries.keys.sorted() ?? []) {
      _ = try allowing(isAboutModel) { try file?.tensor(name) }
      _ = try allowing(isAboutModel) { try file?.tensor(name, shape: [2, 2]) }
      _ = try allowing(isAboutModel) {
        try file?.matrix(name, rows: 2, columns: 2).copyRow(1, into: 2)
      }
    }
    struct State: Codable, Sendable {
      let step: Int
    }
    _ = try allowing(isAboutModel) { try Checkpoint<State>(path: path) }
    try describe(withModelIn: models.captioner)
    try classify(withModelIn: models.sentiment)
  }

  private static func filled(_ extractor: FeatureExtractor, _ place: FuzzPlace) throws -> (
    index: [UInt8], rows: [UInt8], rowsName: String, features: Tensor
  ) {
    let folder = place.scratch + "/features"
    guard
      let found = try FeatureCache(folder: FilePath(folder)).features(
        of: [FilePath(place.scratch + "/photo.png")], by: extractor, threads: 1)
    else { throw FuzzFailure(description: "no features") }
    let own = folder + "/\(extractor.identity)"
    let names = try FileManager.default.contentsOfDirectory(atPath: own)
    guard let rows = names.first(where: { $0.hasSuffix(".f16") }) else {
      throw FuzzFailure(description: "no cache of features: \(names)")
    }
    return (
      Array(try Data(contentsOf: URL(filePath: own + "/index"))),
      Array(try Data(contentsOf: URL(filePath: own + "/" + rows))), rows, found.features(of: [0])
    )
  }

  /// Whatever becomes of a cache's files, the features are those that there were.
  private func damageCache(_ input: [UInt8]) throws(FuzzFailure) {
    var edits = Edits(input)
    var (index, rows) = (cache.index, cache.rows)
    while !edits.isEmpty {
      if edits.number(below: 2) == 0 { edits.change(&index) } else { edits.change(&rows) }
    }
    do {
      try? FileManager.default.removeItem(atPath: place.scratch + "/features")
      let own = "features/\(extractor.identity)"
      try FileManager.default.createDirectory(
        atPath: place.scratch + "/" + own, withIntermediateDirectories: true)
      try place.write(index, to: own + "/index")
      try place.write(rows, to: own + "/" + cache.rowsName)
      let found = try FeatureCache(folder: FilePath(place.scratch + "/features")).features(
        of: [FilePath(place.scratch + "/photo.png")], by: extractor, threads: 1)
      try require(
        found?.contains(0) == true && found?.features(of: [0]).elements == cache.features.elements,
        "other features than there were")
    } catch let failure as FuzzFailure {
      throw failure
    } catch {
      throw FuzzFailure(description: "the cache: \(error)")
    }
  }
}

extension StoredMatrix {
  fileprivate func copyRow(_ row: Int, into size: Int) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: size) { buffer in
      if let base = buffer.baseAddress { copyRow(row, to: base) }
    }
  }
}
