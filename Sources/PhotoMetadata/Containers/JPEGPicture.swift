internal import Foundation

extension PictureParts {
  /// Adds the stream of a JPEG file up to the end of its first picture (ITU-T T.81, annex B),
  /// without application segments and comments, and what colours libjpeg takes it to have.
  ///
  /// What lies behind that end, such as further pictures of a telephone, is not part of it.
  ///
  /// - Returns: false where there is no frame.
  mutating func addJPEG() -> Bool {
    var colours = JPEGColours()
    var offset = 2
    var kept: [Range<Int>] = []
    var isComplete = false
    while let marker = nextMarker(from: &offset) {
      if marker == 0xD9 {
        isComplete = true
        break
      }
      guard let length = bytes.integer(at: offset + 2, width: 2), length >= 2,
        offset + 2 + length <= bytes.count
      else { break }
      let segment = offset..<offset + 2 + length
      colours.read(marker, bytes[segment.dropFirst(4)])
      if !(0xE0...0xEF).contains(marker), marker != 0xFE { kept.append(segment) }
      guard kept.count <= mostParts else { return false }
      offset = segment.upperBound
      guard marker == 0xDA else { continue }
      let scan = offset..<endOfScan(from: offset)
      kept.append(scan)
      offset = scan.upperBound
    }
    // Damaged: all that a decoder may still make something of.
    if !isComplete { kept.append(min(offset, bytes.count)..<bytes.count) }
    guard let transform = colours.transform else { return false }
    add("JPEG colours", value: Array(transform.utf8))
    return add("JPEG stream", kept)
  }

  /// The marker behind any fill bytes, and moves to where it stands; nil where there is none.
  private func nextMarker(from offset: inout Int) -> Int? {
    guard bytes.integer(at: offset, width: 1) == 0xFF else { return nil }
    while bytes.integer(at: offset + 1, width: 1) == 0xFF { offset += 1 }
    return bytes.integer(at: offset + 1, width: 1)
  }

  /// Where the next marker stands that is neither a stuffed zero nor a restart, or the end.
  private func endOfScan(from start: Int) -> Int {
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return start }
      var offset = start
      while offset < buffer.count, let found = memchr(base + offset, 0xFF, buffer.count - offset) {
        let place = UnsafeRawPointer(found) - base
        guard place + 1 < buffer.count else { return buffer.count }
        switch buffer[place + 1] {
        case 0x00, 0xD0...0xD7: offset = place + 2
        case 0xFF: offset = place + 1
        default: return place
        }
      }
      return buffer.count
    }
  }
}

/// What colours a JPEG's components are, as libjpeg-turbo 2.1 decides it (`default_decompress_parms`
/// in jdapimin.c): by the JFIF and Adobe segments and the components' names.
private struct JPEGColours {
  private var hasJFIF = false
  private var adobeTransform: UInt8?
  private var components: [UInt8]?

  mutating func read(_ marker: Int, _ content: ArraySlice<UInt8>) {
    switch marker {
    case 0xE0 where content.starts(with: Array("JFIF\0".utf8)): hasJFIF = true
    case 0xEE where content.count >= 12 && content.starts(with: Array("Adobe".utf8)):
      adobeTransform = content[content.startIndex + 11]
    // Start of frame.
    case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
      guard components == nil, content.count >= 6 else { return }
      components = content.dropFirst(6).enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
    default: break
    }
  }

  /// nil where there is no frame.
  var transform: String? {
    guard let components else { return nil }
    switch components.count {
    case 3:
      if hasJFIF { return "YCbCr" }
      if let adobeTransform { return adobeTransform == 0 ? "RGB" : "YCbCr" }
      return components == Array("RGB".utf8) ? "RGB" : "YCbCr"
    // Every reader takes inks for inverted, with Adobe's segment or without.
    case 4: return (adobeTransform ?? 0) == 0 ? "CMYK" : "YCCK"
    default: return "grey"
    }
  }
}
