internal import Imaging

/// The blocks of metadata that a photo's file holds, as they are in it.
struct MetadataBlocks {
  /// A TIFF structure, possibly after “Exif\0\0”.
  var exif: [UInt8]?
  /// The packet that is written into.
  var xmp: [UInt8]?
  /// Other packets that say something of the picture: those behind the first, and the part that
  /// does not fit into a segment (XMP specification, part 3, 1.1.3.1).
  var furtherXMP: [[UInt8]] = []
  /// Photoshop image resources, which hold IPTC: those that are written into.
  var photoshop: [UInt8]?
  var furtherPhotoshop: [[UInt8]] = []
  /// Texts that are in no such block.
  var comments: [Comment] = []

  struct Comment {
    let place: PhotoDescription.Place
    let text: String
  }

  /// More packets, or more image resources, are not looked at: each takes a while to read.
  static let mostBlocks = 32

  /// Takes a packet that was found, as the one that is written into if it is the first.
  mutating func addXMP(_ packet: ArraySlice<UInt8>) {
    if xmp == nil { xmp = Array(packet) } else { addFurtherXMP(packet) }
  }

  /// Takes a packet that is not written into.
  mutating func addFurtherXMP(_ packet: ArraySlice<UInt8>) {
    if furtherXMP.count < Self.mostBlocks { furtherXMP.append(Array(packet)) }
  }

  /// Takes image resources that were found, likewise.
  mutating func addPhotoshop(_ resources: [UInt8]?) {
    guard let resources else { return }
    if photoshop == nil {
      photoshop = resources
    } else if furtherPhotoshop.count < Self.mostBlocks {
      furtherPhotoshop.append(resources)
    }
  }
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

  /// Whether the file carries content credentials, whose signature covers its bytes (C2PA technical
  /// specification 2.1, appendix A).
  var isSigned: Bool { get }

  /// The file with other metadata, and all else as it was.
  ///
  /// - Parameters:
  ///   - xmp: An x:xmpmeta element.
  ///   - photoshop: Image resources in place of those in `blocks`; nil leaves them as they are.
  func replacing(xmp: [UInt8], photoshop: [UInt8]?) throws(PhotoFileFault) -> [UInt8]
}

/// How many parts a file may have: segments, chunks, boxes, or what boxes list. Nobody's has so many,
/// not even a large picture in small pieces, and each takes several times the bytes in memory that
/// the shortest have in the file. What is behind them is not looked at, and the file not changed.
let mostParts = 1_000_000

enum PhotoFileFault: Error {
  case corrupt(String)
  case unsupported(String)
  case noRoom
  /// The file points to something behind the picture in a way that is not understood.
  case pinned(String)

  static let tooManyParts = PhotoFileFault.unsupported("it has more than \(mostParts) parts")

  func named(_ path: String, _ format: ImageFormat) -> MetadataError {
    switch self {
    case .corrupt(let reason):
      .corrupt(path: path, format: format.rawValue, reason: reason)
    case .unsupported(let reason):
      .unsupported(path: path, format: format.rawValue, reason: reason)
    case .noRoom: .noRoom(path: path, format: format.rawValue)
    case .pinned(let reason): .pinned(path: path, reason: reason)
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
