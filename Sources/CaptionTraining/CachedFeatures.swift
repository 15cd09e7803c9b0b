internal import Files
internal import Synchronization
package import Tensors

/// Features of photos, kept on disk in half precision and read from there whenever they are asked
/// for; the system keeps in memory what is read often. Safe to read from several threads at once.
package struct CachedFeatures: Sendable {
  /// How many regions stand below each other and side by side.
  package let grid: (height: Int, width: Int)
  package let channels: Int
  private let rows: RegularFile
  private let path: String
  /// Where each photo's features begin, in bytes.
  private let offsets: [Int?]
  private let fault = Fault()

  /// The first failure to read, of all copies and threads.
  private final class Fault: Sendable {
    let first = Mutex<FeatureCacheError?>(nil)
  }

  /// - Parameter path: of the file of the rows.
  /// - Precondition: the offsets lie within the file.
  init(
    grid: (height: Int, width: Int), channels: Int, rows: RegularFile, path: String,
    offsets: [Int?]
  ) {
    self.grid = grid
    self.channels = channels
    self.rows = rows
    self.path = path
    self.offsets = offsets
    let last = rows.size - 2 * grid.height * grid.width * channels
    precondition(
      offsets.allSatisfy { ($0 ?? 0) >= 0 && ($0 ?? 0) <= max(0, last) },
      "features beyond the end of their file")
  }

  /// How many photos were asked for, those without features among them.
  package var photoCount: Int { offsets.count }

  /// How many vectors of `channels` numbers a photo has.
  package var regions: Int { grid.height * grid.width }

  /// How many numbers a photo has.
  package var size: Int { regions * channels }

  /// Whether a photo has features: whether it could be read.
  package func contains(_ photo: Int) -> Bool { offsets[photo] != nil }

  /// The photos that have features, in order.
  package var available: [Int] { offsets.indices.filter { offsets[$0] != nil } }

  /// Copies a photo's `[regions, channels]` to where there is room for `size` numbers. Where the
  /// file cannot be read any more, or others made it shorter, they are no numbers, and
  /// `checkReading` says why.
  ///
  /// - Precondition: the photo has features.
  package func copy(_ photo: Int, to destination: UnsafeMutablePointer<Float>) {
    guard let offset = offsets[photo] else {
      preconditionFailure("photo \(photo) has no features")
    }
    do {
      let row = try rows.bytes(offset..<offset + 2 * size)
      row.withUnsafeBytes { HalfVector.widen($0, into: destination) }
    } catch {
      let found = FeatureCacheError.unreadable(path: path, reason: "\(error)")
      fault.first.withLock { $0 = $0 ?? found }
      destination.update(repeating: .nan, count: size)
    }
  }

  /// Whether all that was copied so far could be read.
  ///
  /// - Throws: `FeatureCacheError.unreadable`, of the first that could not.
  package func checkReading() throws {
    if let found = fault.first.withLock({ $0 }) { throw found }
  }

  /// Copies the features of several photos, `[photos, regions, channels]`.
  ///
  /// - Precondition: the photos have features.
  package func copy(
    _ photos: [Int], to destination: UnsafeMutablePointer<Float>, threads: Int = 1
  ) {
    parallelFor(photos.count, threads: threads) { index in
      copy(photos[index], to: destination + index * size)
    }
  }

  /// The features of several photos: `[photos, regions, channels]`.
  ///
  /// - Precondition: the photos have features.
  package func features(of photos: [Int], threads: Int = 1) -> Tensor {
    let count = photos.count * size
    let elements = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress { copy(photos, to: base, threads: threads) }
      initialized = count
    }
    return Tensor([photos.count, regions, channels], elements)
  }
}
