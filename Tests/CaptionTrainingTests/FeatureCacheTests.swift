import CaptionTraining
import Captioning
import Foundation
import Imaging
import SystemPackage
import Tensors
import TestSupport
import Testing

@Suite struct FeatureCacheTests {
  private static let names = [
    "astronaut.png", "chelsea.png", "china.jpg", "coffee.png", "flower.jpg", "rocket.jpg",
  ]
  private static let extractor = Result {
    try FeatureExtractor(
      EncoderSource(
        ModelBundle(folder: projectFolder.appending(path: "data/models/embedded").path)),
      output: .map)
  }

  private let folder: TemporaryFolder
  private let cache: FeatureCache
  private let extractor: FeatureExtractor

  init() throws {
    folder = try TemporaryFolder()
    cache = FeatureCache(folder: FilePath(folder.path))
    extractor = try Self.extractor.get()
  }

  private static func samples(_ names: [String] = names) -> [FilePath] {
    names.map { FilePath(projectFolder.appending(path: "data/samples/\($0)").path) }
  }

  /// What a call told.
  private final class Heard {
    var computed = 0
    var failures: [Int: String] = [:]
    var notices: [String] = []
    var observer = FeatureCache.Observer()

    init() {
      observer.progress = { [unowned self] stage, done, _ in
        if stage == .computing { computed = done }
      }
      observer.failure = { [unowned self] in failures[$0] = $1 }
      observer.notice = { [unowned self] in notices.append($0) }
    }
  }

  private func features(
    _ photos: [FilePath] = samples(), _ heard: Heard = Heard(), threads: Int = 2
  ) throws -> CachedFeatures {
    try #require(
      try cache.features(of: photos, by: extractor, threads: threads, observer: heard.observer))
  }

  private func file(_ prefix: String) throws -> String {
    let inside = folder.path + "/\(extractor.identity)"
    let name = try FileManager.default.contentsOfDirectory(atPath: inside)
      .first { $0.hasPrefix(prefix) }
    return try inside + "/" + #require(name)
  }

  /// Changes a file's bytes in their place, as a failing disk would.
  private func damage(_ path: String, at place: Int) throws {
    let file = try FileHandle(forUpdating: URL(filePath: path))
    try file.seek(toOffset: UInt64(place))
    let byte = try #require(try file.read(upToCount: 1)?.first)
    try file.seek(toOffset: UInt64(place))
    try file.write(contentsOf: Data([byte ^ 0x40]))
    try file.close()
  }

  private func cut(_ path: String, to size: Int) throws {
    let file = try FileHandle(forUpdating: URL(filePath: path))
    try file.truncate(atOffset: UInt64(size))
    try file.close()
  }

  private var size: Int { 49 * 1280 }

  @Test func `features are those that the encoder makes`() throws {
    let features = try features()
    #expect(features.photoCount == 6 && features.size == size && features.grid == (7, 7))
    // PyTorch's map of the same photo (see CaptionerTests), which has its channels first.
    for (photo, name) in ["astronaut", "chelsea", "china"].enumerated() {
      let map = try SafetensorsFile(path: reference("embedded/\(name)/tensors.safetensors").path)
        .tensor("map", shape: [1280, 7, 7]).elements
      let found = features.features(of: [photo])
      #expect(found.shape == [1, 49, 1280])
      let expected = (0..<size).map { map[$0 % 1280 * 49 + $0 / 1280] }
      // Half precision has 11 bits, and the reference another decoder's pixels.
      #expect(relativeError(found.elements, expected) < 2e-2, "\(name)")
    }
  }

  @Test func `training sees each photo as it is or mirrored`() throws {
    let names = ["astronaut.png", "chelsea.png", "coffee.png"]
    let mirror = try FeatureExtractor(
      EncoderSource(
        ModelBundle(folder: projectFolder.appending(path: "data/models/embedded").path)),
      output: .map, isMirrored: true)
    let plain = try features(Self.samples(names))
    let mirrored = try #require(try cache.features(of: Self.samples(names), by: mirror, threads: 2))
    // The mirrored map is that of the mirrored photo.
    let flipped = names.map { FilePath(folder.path + "/\($0).png") }
    for (source, target) in zip(Self.samples(names), flipped) {
      try ImageDecoder.decode(path: source.string).oriented(.mirrored)
        .pngData().write(to: URL(filePath: target.string))
    }
    let expected = try features(flipped)
    let source = PhotoFeatures(plain, mirrored: mirrored, photos: [0, 1, 2])
    #expect(source.features(of: [0, 1, 2]) == plain.features(of: [0, 1, 2]))
    var random = SeededRandom(seed: 1)
    var seen = Set<Bool>()
    for _ in 0..<8 {
      let step = source.augmented(random: &random)
      for photo in 0..<3 {
        let found = step.features(of: [photo])
        let isMirrored = found != plain.features(of: [photo])
        if isMirrored {
          #expect(
            relativeError(found.elements, expected.features(of: [photo]).elements) < 2e-2)
        }
        seen.insert(isMirrored)
      }
    }
    #expect(seen == [true, false])
  }

  @Test func `what was computed is not computed again`() throws {
    let first = Heard()
    let features = try features(Self.samples(), first)
    #expect(first.computed == 6 && first.notices.isEmpty && first.failures.isEmpty)
    let second = Heard()
    // In another order, with one of them twice.
    let again = try self.features(
      Self.samples(["coffee.png", "astronaut.png", "coffee.png"]), second)
    #expect(second.computed == 0)
    #expect(
      again.features(of: [0, 1, 2]).elements == features.features(of: [3, 0, 3]).elements)
    let length = try FileManager.default.attributesOfItem(atPath: file("features"))[.size] as? Int
    #expect(length == 6 * size * 2)
  }

  @Test func `photos are known by their content`() throws {
    let copy = folder.path + "/copy.png"
    try FileManager.default.copyItem(atPath: Self.samples()[1].string, toPath: copy)
    _ = try features(Self.samples(["chelsea.png"]))
    let heard = Heard()
    let features = try features([FilePath(copy)], heard)
    #expect(heard.computed == 0)
    try FileManager.default.removeItem(atPath: copy)
    try FileManager.default.copyItem(atPath: Self.samples()[2].string, toPath: copy)
    let other = try self.features([FilePath(copy)], heard)
    #expect(heard.computed == 1)
    #expect(other.features(of: [0]) != features.features(of: [0]))
  }

  @Test func `photos that cannot be read are told and skipped`() throws {
    let broken = folder.path + "/broken.jpg"
    try Data("no photo".utf8).write(to: URL(filePath: broken))
    let heard = Heard()
    let photos = [FilePath(broken)] + Self.samples(["china.jpg"])
    let features = try features(
      photos + [FilePath(folder.path + "/none.jpg"), FilePath(broken)], heard)
    #expect(features.available == [1])
    #expect(!features.contains(0) && features.contains(1))
    #expect(Set(heard.failures.keys) == [0, 2, 3])
    #expect(heard.failures[0]?.contains("broken.jpg") == true)
    #expect(heard.failures[2]?.contains("none.jpg") == true)
    let nothing = try self.features([])
    #expect(nothing.photoCount == 0)
  }

  @Test func `an interrupted computation goes on where it stood`() throws {
    let heard = Heard()
    var asked = 0
    // Once before photos are read, once before the first block.
    heard.observer.shouldStop = {
      asked += 1
      return asked > 2
    }
    let copies = try (0..<20).map { number -> FilePath in
      // Photos that differ.
      let image = RGBImage(
        width: 8, height: 8, pixels: (0..<192).map { UInt8(($0 * (number + 3)) % 256) })
      let path = folder.path + "/\(number).png"
      try image.pngData().write(to: URL(filePath: path))
      return FilePath(path)
    }
    let stopped = try cache.features(
      of: copies, by: extractor, threads: 1, observer: heard.observer)
    #expect(stopped == nil && heard.computed == 16)
    let second = Heard()
    #expect(try features(copies, second).available.count == 20)
    #expect(second.computed == 4)
  }

  @Test func `a damaged row is computed anew, and the others are not`() throws {
    let first = try features()
    let expected = first.features(of: Array(0..<6))
    try damage(file("features"), at: 3 * 2 * size + 777)
    let heard = Heard()
    #expect(try features(Self.samples(), heard).features(of: Array(0..<6)) == expected)
    #expect(heard.computed == 1 && heard.notices.count == 1)
    let after = Heard()
    _ = try features(Self.samples(), after)
    #expect(after.computed == 0 && after.notices.isEmpty)
  }

  @Test(arguments: [10, 45, 62])
  func `a damaged or foreign index is made anew`(place: Int) throws {
    let first = try features()
    try damage(file("index"), at: place)
    let heard = Heard()
    let second = try features(Self.samples(), heard)
    #expect(heard.computed == 6 && heard.notices.count == 1)
    #expect(heard.notices.first?.contains("anew") == true)
    let all = Array(0..<6)
    // What was open before still reads its own file.
    #expect(second.features(of: all) == first.features(of: all))
  }

  @Test func `a damaged entry loses its photo alone`() throws {
    let expected = try features().features(of: [2])
    try damage(file("index"), at: 64 + 2 * 48 + 20)
    let heard = Heard()
    #expect(try features(Self.samples(), heard).features(of: [2]) == expected)
    #expect(heard.computed == 1)
  }

  @Test func `what a crash leaves is never believed`() throws {
    let expected = try features().features(of: Array(0..<6))
    // Numbers without an entry; half an entry; entries without all of their numbers.
    let (index, rows) = (try file("index"), try file("features"))
    for (indexSize, rowSize) in [(64 + 4 * 48, 6.0), (64 + 4 * 48 + 11, 4.5), (64 + 6 * 48, 3.5)] {
      try cut(index, to: indexSize)
      try cut(rows, to: Int(rowSize * Double(2 * size)))
      let heard = Heard()
      #expect(try features(Self.samples(), heard).features(of: Array(0..<6)) == expected)
      #expect((2...3).contains(heard.computed))
    }
    // Longer than any file of features: sizes are only ever what is really there.
    try cut(index, to: 1 << 24)
    #expect(try features().features(of: Array(0..<6)) == expected)
    try cut(rows, to: 0)
    #expect(try features().features(of: Array(0..<6)) == expected)
    try FileManager.default.removeItem(atPath: rows)
    let heard = Heard()
    #expect(try features(Self.samples(), heard).features(of: Array(0..<6)) == expected)
    #expect(heard.computed == 6)
  }

  @Test func `features that are cut off while they are used are told with their file`() throws {
    let features = try features(Self.samples(["chelsea.png", "coffee.png"]))
    let source = PhotoFeatures(features, photos: [0, 1])
    _ = source.features(of: [0, 1])
    try source.checkReading()
    let path = try file("features")
    try cut(path, to: 64)
    let lost = source.features(of: [1]).elements
    #expect(lost.allSatisfy { $0.isNaN })
    let error = FeatureCacheError.unreadable(
      path: path, reason: "it became shorter while it was read")
    #expect(throws: error) { try source.checkReading() }
    #expect(throws: error) { try features.checkReading() }
    #expect("\(error)".hasPrefix("\(path): features that were kept here cannot be read any more: "))
  }

  @Test func `two at once wait for each other and agree`() async throws {
    let (cache, extractor) = (cache, extractor)
    let results = try await withThrowingTaskGroup(of: [Float].self) { group in
      for part in [0..<4, 2..<6, 0..<6] {
        group.addTask {
          let photos = Array(Self.samples()[part])
          let features = try cache.features(of: photos, by: extractor, threads: 1)
          return try #require(features).features(of: Array(photos.indices)).elements
        }
      }
      return try await group.reduce(into: [[Float]]()) { $0.append($1) }
    }
    #expect(results.map(\.count).sorted() == [4 * size, 4 * size, 6 * size])
    let heard = Heard()
    let all = try features(Self.samples(), heard)
    #expect(heard.computed == 0)
    let full = all.features(of: Array(0..<6)).elements
    for result in results where result.count == 6 * size { #expect(result == full) }
    let length = try FileManager.default.attributesOfItem(atPath: file("features"))[.size] as? Int
    // None was computed twice.
    #expect(length == 6 * size * 2)
  }

  @Test func `reading is safe from many threads`() throws {
    let features = try features()
    let expected = features.features(of: Array(0..<6)).elements
    var batch = [Float](repeating: 0, count: 600 * size)
    batch.withUnsafeMutableBufferPointer {
      features.copy((0..<600).map { $0 % 6 }, to: $0.baseAddress!, threads: 8)
    }
    for start in stride(from: 0, to: batch.count, by: 6 * size) {
      #expect(batch[start..<start + 6 * size].elementsEqual(expected))
    }
  }

  @Test func `a place that cannot be written is named`() throws {
    let path = folder.path + "/file"
    try Data().write(to: URL(filePath: path))
    let error = try #require(throws: FeatureCacheError.self) {
      try FeatureCache(folder: FilePath(path)).features(
        of: Self.samples(), by: extractor, threads: 1)
    }
    #expect("\(error)".contains(path))
  }
}
