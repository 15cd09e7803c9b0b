/// What can be wrong with an image file.
public enum ImagingError: Error, Equatable, CustomStringConvertible {
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

  /// Whose fault it is, as far as a caller's next step depends on it.
  public enum Kind: Sendable {
    /// There is nothing to read at the path.
    case noInput
    /// What was read is no picture that can be used.
    case badData
    /// The machine failed to read or write.
    case inputOutput
  }

  public var kind: Kind {
    switch self {
    case .missing, .folder, .unreadable: .noInput
    case .readFailed, .writeFailed: .inputOutput
    case .empty, .tooLong, .unrecognized, .unsupported, .zeroSized, .tooLarge, .truncated,
      .corrupt:
      .badData
    }
  }

  public var description: String {
    switch self {
    case .missing(let path): "\(path): there is no such file"
    case .folder(let path): "\(path): is a folder, not an image"
    case .unreadable(let path, let reason): "\(path): cannot be opened: \(reason)"
    case .readFailed(let path, let reason): "\(path): cannot be read: \(reason)"
    case .writeFailed(let path, let reason): "\(path): cannot be written: \(reason)"
    case .empty(let path): "\(path): the file is empty"
    case .tooLong(let path):
      "\(path): the file is longer than \(ImageDecoder.maximumBytes >> 20) MiB"
    case .unrecognized(let path):
      "\(path): not an image; readable are \(ImageFormat.readableNames)"
    case .unsupported(let path, let reason):
      "\(path): \(reason); readable are \(ImageFormat.readableNames)"
    case .zeroSized(let path, let format): "\(path): the \(format) picture has no pixels"
    case .tooLarge(let path, let size):
      "\(path): the picture has \(size) pixels; the limits are "
        + "\(ImageDecoder.maximumPixels / 1_000_000) megapixels and "
        + "\(ImageDecoder.maximumSide) pixels a side"
    case .truncated(let path, let format): "\(path): the \(format) file is truncated"
    case .corrupt(let path, let format, let reason):
      "\(path): not a valid \(format) file: \(reason)"
    }
  }
}
