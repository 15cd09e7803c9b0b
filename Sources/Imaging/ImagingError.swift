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
  /// Writing stopped with an error.
  case writeFailed(path: String, reason: String)
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

  public var kind: FailureKind {
    switch self {
    case .missing, .folder, .unreadable: .noInput
    case .readFailed, .writeFailed: .inputOutput
    case .empty, .tooLong, .unrecognized, .unsupported, .zeroSized, .tooLarge, .truncated,
      .corrupt:
      .badData
    }
  }

  public var subject: String? {
    switch self {
    case .missing(let path), .folder(let path), .unreadable(let path, _), .readFailed(let path, _),
      .writeFailed(let path, _), .empty(let path), .tooLong(let path), .unrecognized(let path),
      .unsupported(let path, _), .zeroSized(let path, _), .tooLarge(let path, _),
      .truncated(let path, _), .corrupt(let path, _, _):
      path
    }
  }

  public var reason: String {
    switch self {
    case .missing: "there is no such file"
    case .folder: "is a folder, not an image"
    case .unreadable(_, let reason): "cannot be opened: \(reason)"
    case .readFailed(_, let reason): "cannot be read: \(reason)"
    case .writeFailed(_, let reason): "cannot be written: \(reason)"
    case .empty: "the file is empty"
    case .tooLong: "the file is longer than \(ImageDecoder.maximumBytes >> 20) MiB"
    case .unrecognized: "not an image; readable are \(ImageFormat.readableNames)"
    case .unsupported(_, let reason): "\(reason); readable are \(ImageFormat.readableNames)"
    case .zeroSized(_, let format): "the \(format) picture has no pixels"
    case .tooLarge(_, let size):
      "the picture has \(size) pixels; the limits are "
        + "\(ImageDecoder.maximumPixels / 1_000_000) megapixels and "
        + "\(ImageDecoder.maximumSide) pixels a side"
    case .truncated(_, let format): "the \(format) file is truncated"
    case .corrupt(_, let format, let reason): "not a valid \(format) file: \(reason)"
    }
  }

  /// Of a file that the system does not open.
  package static func notOpened(_ path: String, _ error: Errno) -> ImagingError {
    error == .noSuchFileOrDirectory || error == .notDirectory
      ? .missing(path: path) : .unreadable(path: path, reason: "\(error)")
  }
}
