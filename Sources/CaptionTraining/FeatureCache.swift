internal import Algorithms
internal import Files
internal import Foundation
internal import Imaging
package import SystemPackage
internal import Tensors

/// Features that a frozen encoder makes of photos, computed once and kept on disk in half precision.
///
/// Each encoder has a folder of its own, named by the hash of its parameters and configuration, and
/// photos are known by the hashes of their files: what is found is always what would be computed,
/// wherever photos lie and whatever they are called. Several processes may use a cache at once.
package struct FeatureCache: Sendable {
  /// Where the features of all encoders are.
  package let folder: FilePath

  /// - Parameter folder: is made where it does not exist.
  package init(folder: FilePath = FilePath.caches().appending("features")) {
    self.folder = folder
  }

  /// What `features` tells and asks while it works, on the thread that called it.
  package struct Observer {
    package enum Stage: Sendable {
      /// Reading photos, to know them by their content.
      case reading
      /// Computing the features that are not there yet.
      case computing
    }

    /// How many photos of a stage are done, and of how many.
    package var progress: (_ stage: Stage, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
    /// A photo that cannot be read, and why, in a sentence that names it.
    package var failure: (_ photo: Int, _ reason: String) -> Void = { _, _ in }
    /// A sentence about the cache itself: that it is damaged and made anew, or in use by another.
    package var notice: (String) -> Void = { _ in }
    /// Whether to stop; what has been computed is kept.
    package var shouldStop: () -> Bool = { false }

    package init() {}
  }

  /// Photos that each thread computes between two times that the cache is written.
  private static let blockPerThread = 16

  /// The features of photos: those in the cache, and the others computed now and added to it.
  ///
  /// - Parameter photos: paths; photos that cannot be read are told to the observer and have no
  ///   features in the result.
  /// - Returns: nil if the observer stopped the work; the next call goes on from there.
  /// - Throws: `FeatureCacheError`.
  package func features(
    of photos: [FilePath], by extractor: FeatureExtractor, threads: Int,
    observer: Observer = Observer()
  ) throws -> CachedFeatures? {
    let work = Work(
      folder: folder.appending("\(extractor.identity)"), photos: photos, extractor: extractor,
      threads: threads, observer: observer)
    do {
      return try work.features()
    } catch let error as FeatureCacheError {
      throw error
    } catch let failure as FileFailure {
      throw FeatureCacheError.inputOutput(path: failure.path, reason: failure.reason)
    } catch let failure as RegularFile.Failure {
      throw FeatureCacheError.inputOutput(path: work.folder.string, reason: failure.reason)
    } catch let error as Errno {
      throw FeatureCacheError.inputOutput(path: work.folder.string, reason: "\(error)")
    }
  }

  /// One call of `features`.
  private struct Work {
    /// The encoder's own.
    let folder: FilePath
    let photos: [FilePath]
    let extractor: FeatureExtractor
    let threads: Int
    let observer: Observer

    private var header: FeatureCacheFiles.Header {
      FeatureCacheFiles.Header(
        identity: extractor.identity, gridHeight: extractor.grid.height,
        gridWidth: extractor.grid.width, channels: extractor.channels, rows: 0)
    }

    func features() throws -> CachedFeatures? {
      guard var hashes = hashes() else { return nil }
      if let files = FeatureCacheFiles(openingIn: folder, header) {
        defer { files.close() }
        let contents = try files.contents(of: Set(hashes.compactMap { $0 }), threads: threads)
        if hashes.allSatisfy({ $0.map { contents.offsets[$0] != nil } ?? true }) {
          return try cached(files, contents, hashes)
        }
      }
      try makeFolder(folder)
      guard let lock = try lock() else { return nil }
      defer { withExtendedLifetime(lock) {} }
      // Others may have added features, or made the cache anew, before the lock was free.
      var files = try openForWriting()
      defer { files.close() }
      var contents = try files.contents(of: Set(hashes.compactMap { $0 }), threads: threads)
      if contents.damaged > 0 {
        observer.notice(
          "\(folder): \(contents.damaged) features are damaged; they are computed anew")
      }
      guard try compute(&hashes, &files, &contents) else { return nil }
      return try cached(files, contents, hashes)
    }

    private func cached(
      _ files: FeatureCacheFiles, _ contents: FeatureCacheFiles.Contents, _ hashes: [ContentHash?]
    ) throws -> CachedFeatures {
      CachedFeatures(
        grid: extractor.grid, channels: extractor.channels, rows: try files.openRows(),
        path: FeatureCacheFiles.rowsPath(folder, files.header).string,
        offsets: hashes.map { $0.flatMap { contents.offsets[$0] } })
    }

    /// The hash of each photo, nil where it cannot be read; nil if the work is to stop.
    private func hashes() -> [ContentHash?]? {
      var hashes: [ContentHash?] = []
      for block in photos.chunks(ofCount: 64 * threads) {
        if observer.shouldStop() { return nil }
        let results = parallelMap(Array(block), threads: threads) { photo in
          Result { ContentHash(of: try ImageDecoder.readAll(photo)) }
        }
        for result in results {
          switch result {
          case .success(let hash): hashes.append(hash)
          case .failure(let error):
            observer.failure(hashes.count, "\(error)")
            hashes.append(nil)
          }
        }
        observer.progress(.reading, hashes.count, photos.count)
      }
      return hashes
    }

    /// Waits until no other process computes features of this encoder.
    ///
    /// - Returns: what holds the lock as long as it lives; nil if the work is to stop.
    private func lock() throws -> FileLock? {
      var isTold = false
      while true {
        if let lock = try FileLock(file: folder.appending("lock")) { return lock }
        if !isTold {
          observer.notice("\(folder): another process is computing features; waiting for it")
          isTold = true
        }
        if observer.shouldStop() { return nil }
        usleep(100_000)
      }
    }

    /// The files under the lock, made anew if they are not what they should be.
    private func openForWriting() throws -> FeatureCacheFiles {
      if let files = FeatureCacheFiles(openingIn: folder, header, .readWrite) { return files }
      let index = FeatureCacheFiles.indexPath(folder).string
      if FileManager.default.fileExists(atPath: index) {
        observer.notice("\(index): is damaged or of something else; all features are computed anew")
      }
      return try FeatureCacheFiles(makingIn: folder, header)
    }

    /// Computes what is missing, block by block.
    ///
    /// - Returns: false if the work is to stop.
    private func compute(
      _ hashes: inout [ContentHash?], _ files: inout FeatureCacheFiles,
      _ contents: inout FeatureCacheFiles.Contents
    ) throws -> Bool {
      var seen: Set<ContentHash> = []
      let missing = hashes.indices.filter { photo in
        guard let hash = hashes[photo], contents.offsets[hash] == nil else { return false }
        return seen.insert(hash).inserted
      }
      var failed: [ContentHash: String] = [:]
      for block in missing.chunks(ofCount: FeatureCache.blockPerThread * threads) {
        if observer.shouldStop() { return false }
        let results = parallelMap(Array(block), threads: threads) { [photos, extractor] photo in
          Result { try extractor.row(of: photos[photo]) }
        }
        var rows: [(photo: ContentHash, row: [UInt8])] = []
        for (photo, result) in zip(block, results) {
          switch result {
          case .success(let row):
            // Of the bytes that were read now, should the file have changed meanwhile.
            hashes[photo] = row.photo
            rows.append(row)
          case .failure(let error):
            if let hash = hashes[photo] { failed[hash] = "\(error)" }
          }
        }
        let offset = try files.append(rows)
        for (place, row) in rows.enumerated() {
          contents.offsets[row.photo] = offset + place * files.header.rowSize
        }
        observer.progress(.computing, block.endIndex, missing.count)
      }
      for (photo, hash) in hashes.enumerated() {
        if let reason = hash.flatMap({ failed[$0] }) { observer.failure(photo, reason) }
      }
      return true
    }
  }
}

extension FeatureExtractor {
  /// What the cache keeps of a photo.
  fileprivate func row(of photo: FilePath) throws -> (photo: ContentHash, row: [UInt8]) {
    let bytes = try ImageDecoder.readAll(photo)
    let features = try features(of: bytes, name: photo.string).elements
    guard features.allSatisfy({ abs($0) <= largestHalf }) else {
      throw ImagingError.unsupported(
        path: photo.string, reason: "its features are too large for half precision")
    }
    return (ContentHash(of: bytes), HalfVector.bytes(of: features))
  }
}

/// The largest number in half precision (IEEE 754 binary16).
private let largestHalf: Float = 65_504
