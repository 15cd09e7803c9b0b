package import Files
package import Foundation
internal import Imaging
package import SystemPackage
internal import Tensors

/// Small pictures of photos.
package enum Thumbnail {
  /// A WebP file, upright, or why there is none.
  package typealias Result = Swift.Result<Data, Failure>

  package struct Failure: Files.Failure, Equatable {
    package let kind: FailureKind
    /// A sentence for people, without the path.
    package let reason: String
    package var parts: FailureParts { .init(kind, reason) }
  }

  /// Good enough for a picture the size of a stamp; 85 would take half as much again.
  private static let quality = 72

  /// Makes thumbnails of photos, several at once.
  ///
  /// - Parameters:
  ///   - photos: for each photo its paths; the first that can be read is taken.
  ///   - longSide: in pixels; smaller pictures stay as small.
  package static func all(of photos: [[FilePath]], longSide: Int, threads: Int) -> [Result] {
    [Result](unsafeUninitializedCapacity: photos.count) { results, initialized in
      let base = UncheckedSendable(results.baseAddress)
      parallelFor(photos.count, threads: threads) { index in
        base.value?.advanced(by: index).initialize(to: first(of: photos[index], longSide: longSide))
      }
      initialized = photos.count
    }
  }

  private static func first(of paths: [FilePath], longSide: Int) -> Result {
    var failure = Failure(kind: .noInput, reason: "no file is known")
    for path in paths {
      do {
        return .success(try make(path, longSide: longSide))
      } catch {
        let cause = error as? any Files.Failure
        failure = Failure(kind: cause?.kind ?? .badData, reason: cause?.reason ?? "\(error)")
      }
    }
    return .failure(failure)
  }

  private static func make(_ path: FilePath, longSide: Int) throws -> Data {
    let bytes = try ImageDecoder.readAll(path)
    // Where the size is not known before, a square does: no side comes out shorter than it must.
    let image = try ImageDecoder.decode(
      bytes: bytes, name: path.string, minimumSize: ImageSize(width: longSide, height: longSide))
    let size = fitted(image.size, longSide: longSide)
    return image.resized(to: size, filter: .lanczos).webPData(quality: quality)
  }

  private static func fitted(_ size: ImageSize, longSide: Int) -> ImageSize {
    let scale = min(1, Double(longSide) / Double(max(size.width, size.height)))
    func side(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded())) }
    return ImageSize(width: side(size.width), height: side(size.height))
  }
}
