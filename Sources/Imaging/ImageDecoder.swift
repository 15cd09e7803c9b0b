internal import CImageCodecs
internal import Files
package import SystemPackage

/// Turns the bytes of image files into pixels: JPEG, PNG, WebP, HEIC and AVIF, upright as their
/// metadata prescribes, transparency over white.
///
/// Colour profiles are ignored, as all networks here were trained on pictures read so.
public enum ImageDecoder {
  /// Larger pictures are refused before memory is spent on them.
  package static let maximumPixels = 200_000_000

  /// So are longer or wider ones: resampling needs memory in proportion to the side.
  package static let maximumSide = 1_000_000

  /// Longer files are refused.
  package static let maximumBytes = 1 << 30

  /// Reads and decodes a file.
  ///
  /// - Parameter minimumSize: What the caller needs at least on each side. A larger JPEG is decoded
  ///   at an eighth, a quarter or half of its size where that is still no smaller than this, which
  ///   takes a fraction of the time and memory. Without it every picture comes in full.
  /// - Throws: `ImagingError`.
  public static func decode(path: String, minimumSize: ImageSize? = nil) throws -> RGBImage {
    try decode(bytes: readAll(FilePath(path), waits: true), name: path, minimumSize: minimumSize)
  }

  /// Decodes the bytes of a file; `name` stands for its path in errors.
  ///
  /// - Throws: `ImagingError.empty`, `.tooLong`, `.unrecognized`, `.unsupported`, `.zeroSized`,
  ///   `.tooLarge`, `.truncated`, `.corrupt`.
  public static func decode(
    bytes: [UInt8], name: String, minimumSize: ImageSize? = nil
  ) throws -> RGBImage {
    try decodeWithFacts(bytes: bytes, name: name, minimumSize: minimumSize).image
  }

  /// As `decode`, with what else was learnt of the file.
  package static func decodeWithFacts(
    bytes: [UInt8], name: String, minimumSize: ImageSize? = nil
  ) throws -> DecodedImage {
    guard !bytes.isEmpty else { throw ImagingError.empty(path: name) }
    guard bytes.count <= maximumBytes else {
      throw ImagingError.tooLong(path: name)
    }
    guard let format = ImageFormat(bytes) else {
      if let format = ImageFormat.unreadableName(bytes) {
        throw ImagingError.unsupported(path: name, reason: "\(format) files are not supported")
      }
      throw ImagingError.unrecognized(path: name)
    }
    let orientation = ImageOrientation(bytes, format: format)
    let file = File(bytes: bytes, name: name, format: format)
    let full = try file.size()
    var minimum = minimumSize
    if orientation.swapsAxes, let size = minimumSize {
      minimum = ImageSize(width: size.height, height: size.width)
    }
    let eighths = minimum.map { jpegScale(full, atLeast: $0) } ?? 8
    let (image, warnings) = try file.pixels(full, eighths: format == .jpeg ? eighths : 8)
    return DecodedImage(
      image: image.oriented(orientation), format: format,
      fullSize: orientation.swapsAxes
        ? ImageSize(width: full.height, height: full.width) : full,
      warnings: warnings)
  }

  /// The size that the libraries read from a file without decoding it, in the file's own orientation
  /// but for HEIC and AVIF; nil where they do not open it. Of WebP all chunks are looked at.
  package static func openedSize(of bytes: [UInt8]) -> ImageSize? {
    guard let format = ImageFormat(bytes) else { return nil }
    let file = File(bytes: bytes, name: "", format: format)
    guard let size = try? file.size(), format != .webp || file.hasValidChunks else { return nil }
    return size
  }

  /// The smallest of the scales ⅛, ¼, ½ and 1 at which a JPEG of `size` is no smaller than
  /// `minimum` on either side, in eighths.
  ///
  /// libjpeg-turbo could scale by every eighth, but has vector code for these four only: measured,
  /// ⅝ and more take longer than full size, and ⅜ longer than ½.
  package static func jpegScale(_ size: ImageSize, atLeast minimum: ImageSize) -> Int {
    [1, 2, 4].first {
      let scaled = scaled(size, eighths: $0)
      return scaled.width >= minimum.width && scaled.height >= minimum.height
    } ?? 8
  }

  private static func scaled(_ size: ImageSize, eighths: Int) -> ImageSize {
    ImageSize(width: (size.width * eighths + 7) / 8, height: (size.height * eighths + 7) / 8)
  }

  /// The bytes of a file and the codec that they are for.
  private struct File {
    let bytes: [UInt8]
    let name: String
    let format: ImageFormat

    /// The size that the header announces, within the limits.
    func size() throws -> ImageSize {
      var header = ci_header()
      try check { report in
        switch format {
        case .jpeg: ci_jpeg_read_header(bytes, bytes.count, &header, &report)
        case .png: ci_png_read_header(bytes, bytes.count, &header, &report)
        case .webp: ci_webp_read_header(bytes, bytes.count, &header, &report)
        case .heic, .avif: ci_heif_read_header(bytes, bytes.count, &header, &report)
        }
      }
      let size = ImageSize(width: Int(header.width), height: Int(header.height))
      guard size.width > 0, size.height > 0 else {
        throw ImagingError.zeroSized(path: name, format: format.rawValue)
      }
      guard size.width <= maximumPixels / size.height, max(size.width, size.height) <= maximumSide
      else { throw ImagingError.tooLarge(path: name, size: size) }
      return size
    }

    /// Of a WebP file.
    var hasValidChunks: Bool {
      var report = ci_report()
      return ci_webp_check_chunks(bytes, bytes.count, &report) == CI_OK
    }

    func pixels(_ full: ImageSize, eighths: Int) throws -> (RGBImage, warnings: Int) {
      let size = scaled(full, eighths: eighths)
      let (width, height) = (UInt32(size.width), UInt32(size.height))
      let count = size.width * size.height * 3
      var warnings = 0
      let pixels = try [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
        let base = target.baseAddress
        warnings = try check { report in
          switch format {
          case .jpeg:
            ci_jpeg_decode(
              bytes, bytes.count, UInt32(eighths), base, width, height, &report)
          case .png: ci_png_decode(bytes, bytes.count, base, width, height, &report)
          case .webp: ci_webp_decode(bytes, bytes.count, base, width, height, &report)
          case .heic, .avif: ci_heif_decode(bytes, bytes.count, base, width, height, &report)
          }
        }
        initialized = count
      }
      return (RGBImage(width: size.width, height: size.height, pixels: pixels), warnings)
    }

    /// Throws what a failed call of a codec means; returns the number of warnings of another.
    @discardableResult
    private func check(_ call: (inout ci_report) -> ci_status) throws -> Int {
      var report = ci_report()
      let status = call(&report)
      switch status {
      case CI_OK: return Int(report.warnings)
      case CI_TRUNCATED: throw ImagingError.truncated(path: name, format: format.rawValue)
      case CI_ZERO_SIZED: throw ImagingError.zeroSized(path: name, format: format.rawValue)
      case CI_UNSUPPORTED:
        throw ImagingError.unsupported(
          path: name, reason: "unsupported \(format.rawValue): \(message(report))")
      default:
        throw ImagingError.corrupt(
          path: name, format: format.rawValue, reason: message(report))
      }
    }

    private func message(_ report: ci_report) -> String {
      withUnsafeBytes(of: report.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
  }

  /// - Throws: `ImagingError.missing`, `.folder`, `.unreadable`, `.readFailed`, `.tooLong`.
  ///
  /// - Parameter waits: whether for what comes out of a pipe; else it counts as empty.
  package static func readAll(_ path: FilePath, waits: Bool = false) throws -> [UInt8] {
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(
        path, .readOnly, options: waits ? .closeOnExec : [.closeOnExec, .nonBlocking])
    } catch let error as Errno {
      throw ImagingError.notOpened(path.string, error)
    }
    return try descriptor.closeAfter {
      try readAll(descriptor: descriptor.rawValue, name: path.string)
    }
  }

  /// Reads an open file, pipe or terminal to its end; `name` stands for its path in errors.
  ///
  /// - Throws: `ImagingError.folder`, `.readFailed`, `.tooLong`.
  package static func readAll(descriptor: Int32, name: String) throws -> [UInt8] {
    do throws(RegularFile.Failure) {
      return try RegularFile.contents(descriptor: descriptor, limit: maximumBytes)
    } catch {
      switch error {
      case .notAFile: throw ImagingError.folder(path: name)
      case .tooLong: throw ImagingError.tooLong(path: name)
      case .system, .cutOff: throw ImagingError.readFailed(path: name, reason: error.reason)
      }
    }
  }
}

/// A picture and what else a decoder learnt of its file.
package struct DecodedImage: Sendable {
  /// Upright, perhaps smaller than in the file.
  package let image: RGBImage
  package let format: ImageFormat
  /// The size in the file, turned upright.
  package let fullSize: ImageSize
  /// How many faults the decoder met in a JPEG and could work around; with any the picture may be
  /// damaged.
  package let warnings: Int
}
