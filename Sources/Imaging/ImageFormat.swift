/// A file format, told by the first bytes of a file; names of files are not trusted.
package enum ImageFormat: String, CaseIterable, Sendable {
  case jpeg = "JPEG"
  case png = "PNG"
  case webp = "WebP"
  case heic = "HEIC"
  case avif = "AVIF"

  package static let readableNames = "JPEG, PNG, WebP, HEIC and AVIF"

  /// The format of a file with these bytes, or nil where it is none of those read here.
  package init?(_ bytes: [UInt8]) {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
      self = .webp
    } else {
      // ISO/IEC 14496-12: a size, "ftyp", the major brand, a version, the compatible brands.
      guard bytes.dropFirst(4).starts(with: "ftyp".utf8) else { return nil }
      let end = min(bytes.count, Int(UInt32(bigEndian: bytes, at: 0) ?? 0), 256)
      let brands = stride(from: 8, to: max(8, end - 3), by: 4).map {
        String(decoding: bytes[$0..<$0 + 4], as: UTF8.self)
      }
      if brands.contains(where: ["avif", "avis"].contains) {
        self = .avif
      } else if brands.contains(where: ["heic", "heix", "heim", "heis", "mif1"].contains) {
        self = .heic
      } else {
        return nil
      }
    }
  }

  /// The name of a format that people keep pictures in and that is not read, for a telling error.
  package static func unreadableName(_ bytes: [UInt8]) -> String? {
    let beginnings: [(beginning: String, name: String)] = [
      ("GIF8", "GIF"), ("BM", "BMP"), ("II*\0", "TIFF"), ("MM\0*", "TIFF"), ("%PDF", "PDF"),
      ("8BPS", "Photoshop"), ("\0\0\u{1}\0", "icon"), ("<svg", "SVG"),
    ]
    return beginnings.first { bytes.starts(with: $0.beginning.utf8) }?.name
  }
}

extension UInt32 {
  /// The big-endian number at an offset of a file, or nil where the file ends before it does.
  init?(bigEndian bytes: [UInt8], at offset: Int) {
    guard offset >= 0, offset <= bytes.count - 4 else { return nil }
    self = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The little-endian number at an offset of a file, or nil where the file ends before it does.
  init?(littleEndian bytes: [UInt8], at offset: Int) {
    guard let reversed = UInt32(bigEndian: bytes, at: offset) else { return nil }
    self = reversed.byteSwapped
  }
}
