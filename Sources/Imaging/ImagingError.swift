public import Files
package import SystemPackage

/// What can be wrong with an image file.
public enum ImagingError: Failure, Equatable {
  /// There is no such file.
  case missing(path: String)
  /// The path is that of a folder.
  case folder(path: String)
  /// The file cannot be opened.
  case unreadable(path: String, reason: String)
  /// Reading stopped with an error.
  case readFailed(path: String, reason: String)
  /// The file has no bytes.
  case empty(path: String)
  /// The file is longer than `ImageDecoder.maximumBytes`.
  case tooLong(path: String)
  /// The bytes are in no format that is known here.
  case unrecognized(path: String)
  /// The bytes are in a known format that is not read, or use a feature that is not.
  case unsupported(path: String, reason: String)
  /// The picture has no pixels.
  case zeroSized(path: String, format: String)
  /// The picture has more than `ImageDecoder.maximumPixels`, or a side beyond `maximumSide`.
  case tooLarge(path: String, size: ImageSize)
  /// The file ends before the picture does.
  case truncated(path: String, format: String)
  /// The bytes break the rules of their format.
  case corrupt(path: String, format: String, reason: String)

  public var parts: FailureParts {
    switch self {
    case .missing(let path): .init(.noInput, path, "there is no such file")
    case .folder(let path): .init(.noInput, path, "is a folder, not an image")
    case .unreadable(let path, let reason): .init(.noInput, path, "cannot be opened: \(reason)")
    case .readFailed(let path, let reason): .init(.inputOutput, path, "cannot be read: \(reason)")
    case .empty(let path): .init(.badData, path, "the file is empty")
    case .tooLong(let path):
      .init(.badData, path, "the file is longer than \(ImageDecoder.maximumBytes >> 20) MiB")
    case .unrecognized(let path):
      .init(.badData, path, "not an image; readable are \(ImageFormat.readableNames)")
    case .unsupported(let path, let reason):
      .init(.badData, path, "\(reason); readable are \(ImageFormat.readableNames)")
    case .zeroSized(let path, let format):
      .init(.badData, path, "the \(format) picture has no pixels")
    case .tooLarge(let path, let size):
      .init(
        .badData, path,
        "the picture has \(size) pixels; the limits are "
          + "\(ImageDecoder.maximumPixels / 1_000_000) megapixels and "
          + "\(ImageDecoder.maximumSide) pixels a side")
    case .truncated(let path, let format): .init(.badData, path, "the \(format) file is truncated")
    case .corrupt(let path, let format, let reason):
      .init(.badData, path, "not a valid \(format) file: \(reason)")
    }
  }

  /// Of a file that the system does not open.
  package static func notOpened(_ path: String, _ error: Errno) -> ImagingError {
    error == .noSuchFileOrDirectory || error == .notDirectory
      ? .missing(path: path) : .unreadable(path: path, reason: "\(error)")
  }
}
