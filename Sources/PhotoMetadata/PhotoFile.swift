internal import Imaging

/// The blocks of metadata that a photo's file holds, as they are in it.
struct MetadataBlocks {
  /// A TIFF structure, possibly after “Exif\0\0”.
  var exif: [UInt8]?
  var xmp: [UInt8]?
  /// Photoshop image resources, which hold IPTC.
  var photoshop: [UInt8]?
}

/// A file of one format, taken apart far enough to find and replace its metadata.
protocol PhotoFile {
  /// Whether the format has a place for IPTC that other programs know.
  static var holdsIPTC: Bool { get }

  /// Takes apart what it can of the bytes.
  init(_ bytes: [UInt8])

  /// What was found, also in a damaged file.
  var blocks: MetadataBlocks { get }

  /// Why the file must not be changed, if so.
  var fault: PhotoFileFault? { get }

  /// The file with other metadata, and all else as it was.
  ///
  /// - Parameters:
  ///   - xmp: An x:xmpmeta element.
  ///   - photoshop: Image resources in place of those in `blocks`; nil leaves them as they are.
  func replacing(xmp: [UInt8], photoshop: [UInt8]?) throws(PhotoFileFault) -> [UInt8]
}

enum PhotoFileFault: Error {
  case corrupt(String)
  case unsupported(String)
  case noRoom

  func named(_ path: String, _ format: ImageFormat) -> MetadataError {
    switch self {
    case .corrupt(let reason):
      .corrupt(path: path, format: format.rawValue, reason: reason)
    case .unsupported(let reason):
      .unsupported(path: path, format: format.rawValue, reason: reason)
    case .noRoom: .noRoom(path: path, format: format.rawValue)
    }
  }
}

extension ImageFormat {
  func photoFile(_ bytes: [UInt8]) -> any PhotoFile {
    switch self {
    case .jpeg: JPEGFile(bytes)
    case .png: PNGFile(bytes)
    case .webp: WebPFile(bytes)
    case .heic, .avif: HEIFFile(bytes)
    }
  }
}
