internal import Algorithms

/// The segments of a JPEG file up to the first scan (ITU-T T.81, annex B).
struct JPEGFile: PhotoFile {
  static let holdsIPTC = true

  let bytes: [UInt8]
  private(set) var fault: PhotoFileFault?
  private var segments: [Segment] = []
  /// Where the segment stands that begins the scan.
  private var end = 2

  private struct Segment {
    let marker: UInt8
    /// With the marker and the length.
    let range: Range<Int>
    let content: Range<Int>
  }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var offset = 2
    while true {
      // Any number of fill bytes may precede a marker.
      var markerOffset = offset
      while bytes.integer(at: markerOffset, width: 1) == 0xFF { markerOffset += 1 }
      guard markerOffset > offset, let marker = bytes.integer(at: markerOffset, width: 1) else {
        fault = .corrupt("no marker where one is due")
        break
      }
      // Start of scan, end of image.
      if marker == 0xDA || marker == 0xD9 { break }
      guard let length = bytes.integer(at: markerOffset + 1, width: 2), length >= 2,
        markerOffset + 1 + length <= bytes.count
      else {
        fault = .corrupt("a segment ends beyond the file")
        break
      }
      guard segments.count < mostParts else {
        fault = .tooManyParts
        break
      }
      let next = markerOffset + 1 + length
      segments.append(
        Segment(
          marker: UInt8(truncatingIfNeeded: marker), range: offset..<next,
          content: markerOffset + 3..<next))
      offset = next
    }
    end = offset
  }

  var blocks: MetadataBlocks {
    var blocks = MetadataBlocks()
    for segment in segments {
      switch segment.marker {
      case Self.app1 where isEXIF(segment):
        if blocks.exif == nil { blocks.exif = Array(bytes[segment.content]) }
      case Self.app1:
        if let header = xmpHeader(segment) {
          blocks.addXMP(bytes[segment.content].dropFirst(header))
        }
      case Self.app13 where isPhotoshop(segment):
        // Longer resources go on in the next segment.
        let content = bytes[segment.content].dropFirst(Self.photoshopHeader.utf8CodeUnitCount)
        blocks.photoshop?.append(contentsOf: content)
        if blocks.photoshop == nil { blocks.photoshop = Array(content) }
      case Self.comment where blocks.comments.count < Self.maximumComments:
        let text = decodedText(bytes[segment.content].prefix { $0 != 0 })
        blocks.comments.append(MetadataBlocks.Comment(place: .jpegComment, text: text))
      default: break
      }
    }
    if let main = blocks.xmp { blocks.furtherXMP += extendedXMP(of: main) }
    return blocks
  }

  /// JUMBF boxes in APP11 (ISO/IEC 19566-5, D.2), of which one is called after C2PA.
  var isSigned: Bool {
    segments.contains { segment in
      segment.marker == 0xEB && bytes.has("JP", at: segment.content.lowerBound)
        && bytes.firstIndex(of: "jumb", in: segment.content) != nil
        && bytes.firstIndex(of: "c2pa", in: segment.content) != nil
    }
  }

  func replacing(xmp: [UInt8], photoshop: [UInt8]?) throws(PhotoFileFault) -> [UInt8] {
    var result = Array(bytes[..<2])
    result.reserveCapacity(bytes.count + xmp.count + (photoshop?.count ?? 0) + 8192)
    var newXMP: [UInt8]? = try Self.xmpSegment(xmp)
    var newPhotoshop = photoshop.map(Self.photoshopSegments)
    let hasXMP = segments.contains { $0.marker == Self.app1 && xmpHeader($0) != nil }
    let hasPhotoshop = segments.contains(where: isPhotoshop)
    // New segments go behind JFIF and EXIF, which readers want first.
    let leading = segments.prefix {
      $0.marker == 0xE0 || isEXIF($0)
    }
    var pictures: PictureIndex?
    var previews: PreviewPointers?
    func insertNew() {
      if !hasXMP, let segment = newXMP { result += segment }
      if !hasPhotoshop, let segments = newPhotoshop { result += segments }
    }
    if leading.isEmpty { insertNew() }
    for (index, segment) in segments.enumerated() {
      if segment.marker == Self.app1, xmpHeader(segment) != nil, let replacement = newXMP {
        result += replacement
        newXMP = nil
      } else if isPhotoshop(segment), photoshop != nil {
        result += newPhotoshop ?? []
        newPhotoshop = nil
      } else {
        if var found = PictureIndex(bytes, content: segment.content, marker: segment.marker) {
          found.position = result.count + found.origin - segment.range.lowerBound
          pictures = found
        }
        if previews == nil, isEXIF(segment) {
          previews = try PreviewPointers(bytes, content: segment.content, pictureEnd: end)
          previews?.position = result.count + segment.content.lowerBound - segment.range.lowerBound
        }
        result += bytes[segment.range]
      }
      if index == leading.count - 1 { insertNew() }
    }
    result += bytes[end...]
    pictures?.update(&result, originalCount: bytes.count)
    try previews?.update(&result, originalCount: bytes.count)
    return result
  }

  private static let app1: UInt8 = 0xE1
  private static let app13: UInt8 = 0xED
  private static let comment: UInt8 = 0xFE
  /// More are not looked at.
  private static let maximumComments = 32
  private static let xmpHeader: StaticString = "http://ns.adobe.com/xap/1.0/\0"
  private static let photoshopHeader: StaticString = "Photoshop 3.0\0"

  /// The length of a segment, with the two bytes that hold it.
  private static let maximumLength = 65_535

  /// The length of the header of a segment with XMP, nil for others. Old programs put another four
  /// bytes at the beginning of it.
  private func xmpHeader(_ segment: Segment) -> Int? {
    let isXMP =
      bytes.has(Self.xmpHeader, at: segment.content.lowerBound)
      || bytes.has("XMP\0://ns.adobe.com/xap/1.0/\0", at: segment.content.lowerBound)
    return isXMP ? Self.xmpHeader.utf8CodeUnitCount : nil
  }

  private func isEXIF(_ segment: Segment) -> Bool {
    segment.marker == Self.app1 && bytes.has("Exif\0\0", at: segment.content.lowerBound)
  }

  private static let extensionHeader: StaticString = "http://ns.adobe.com/xmp/extension/\0"
  /// What XMP has beyond its first segment at most.
  private static let maximumExtension = 1 << 24

  /// The part of a packet that did not fit into its segment, put together from the segments that
  /// carry its digest, of which each tells where it belongs; none where a piece is missing.
  private func extendedXMP(of packet: [UInt8]) -> [[UInt8]] {
    guard let digest = Self.extensionDigest(packet) else { return [] }
    var whole: [UInt8] = []
    var filled = 0
    for segment in segments where segment.marker == Self.app1 {
      guard bytes.has(Self.extensionHeader, at: segment.content.lowerBound) else { continue }
      let start = segment.content.lowerBound + Self.extensionHeader.utf8CodeUnitCount
      let piece = start + 40
      guard piece <= segment.content.upperBound, bytes[start..<start + 32].elementsEqual(digest),
        let total = bytes.integer(at: start + 32, width: 4), total <= Self.maximumExtension,
        let offset = bytes.integer(at: start + 36, width: 4),
        offset <= total, segment.content.upperBound - piece <= total - offset
      else { continue }
      if whole.isEmpty { whole = [UInt8](repeating: 0, count: total) }
      guard whole.count == total else { return [] }
      let count = segment.content.upperBound - piece
      whole.replaceSubrange(offset..<offset + count, with: bytes[piece..<piece + count])
      filled += count
    }
    return whole.isEmpty || filled < whole.count ? [] : [whole]
  }

  /// The 32 digits that xmpNote:HasExtendedXMP, as an attribute or an element, has.
  private static func extensionDigest(_ packet: [UInt8]) -> ArraySlice<UInt8>? {
    let name: StaticString = "HasExtendedXMP"
    guard let start = packet.firstIndex(of: name, in: 0..<packet.count) else { return nil }
    let rest = packet[(start + name.utf8CodeUnitCount)...].prefix(64)
    guard let first = rest.firstIndex(where: { Character(Unicode.Scalar($0)).isHexDigit }) else {
      return nil
    }
    let digest = packet[first...].prefix(32)
    return digest.count == 32 ? digest : nil
  }

  private func isPhotoshop(_ segment: Segment) -> Bool {
    segment.marker == Self.app13
      && bytes.has(Self.photoshopHeader, at: segment.content.lowerBound)
  }

  private static func xmpSegment(_ element: [UInt8]) throws(PhotoFileFault) -> [UInt8] {
    let header = xmpHeader.withUTF8Buffer { Array($0) }
    // Room for other programs to write into without moving anything, where there is some.
    let room = maximumLength - 2 - header.count - XMPPacket.wrapped(element, padding: 0).count
    guard room >= 0 else { throw .noRoom }
    return segment(app1, header + XMPPacket.wrapped(element, padding: min(room, 2048)))
  }

  private static func photoshopSegments(_ resources: [UInt8]) -> [UInt8] {
    let header = photoshopHeader.withUTF8Buffer { Array($0) }
    let room = maximumLength - 2 - header.count
    return resources.chunks(ofCount: room).flatMap { segment(app13, header + $0) }
  }

  private static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
    var segment: [UInt8] = [0xFF, marker]
    segment.append(content.count + 2, width: 2)
    return segment + content
  }
}

/// The index of a file with several pictures (CIPA DC-007), such as a telephone's with a gain map:
/// it holds the length of the first picture, and where the others begin, counted from itself.
private struct PictureIndex {
  /// From where offsets count, in the original.
  let origin: Int
  /// The same in the file that is being written.
  var position = 0
  private let isLittleEndian: Bool
  /// The entries, counted from the origin.
  private let entries: [Int]

  init?(_ bytes: [UInt8], content: Range<Int>, marker: UInt8) {
    guard marker == 0xE2, bytes.has("MPF\0", at: content.lowerBound) else { return nil }
    let tiff = Array(bytes[content].dropFirst(4))
    let isLittleEndian = tiff.has("II*\0", at: 0)
    guard isLittleEndian || tiff.has("MM\0*", at: 0) else { return nil }
    func number(_ offset: Int, _ width: Int) -> Int? {
      tiff.integer(at: offset, width: width, isLittleEndian: isLittleEndian)
    }
    guard let directory = number(4, 4), let count = number(directory, 2) else { return nil }
    // MPEntry: 16 bytes for each picture.
    let entry = (0..<count).map { directory + 2 + 12 * $0 }.first { number($0, 2) == 0xB002 }
    guard let entry, let length = number(entry + 4, 4), let start = number(entry + 8, 4),
      length >= 16, start <= tiff.count, length <= tiff.count - start
    else { return nil }
    entries = stride(from: start, through: start + length - 16, by: 16).map(\.self)
    origin = content.lowerBound + 4
    self.isLittleEndian = isLittleEndian
  }

  /// Corrects the index in a file that became longer, or shorter, before and behind it.
  func update(_ bytes: inout [UInt8], originalCount: Int) {
    let growth = bytes.count - originalCount
    let growthBehind = growth - (position - origin)
    for (index, entry) in entries.enumerated() {
      let sizeAt = position + entry + 4
      // The first picture begins with the file, and its offset is 0 by definition.
      let (field, change) = index == 0 ? (sizeAt, growth) : (sizeAt + 4, growthBehind)
      guard
        let value = bytes.integer(at: field, width: 4, isLittleEndian: isLittleEndian), value != 0,
        let changed = UInt32(exactly: value + change)
      else { continue }
      var number: [UInt8] = []
      if isLittleEndian {
        number.append(littleEndian: Int(changed), width: 4)
      } else {
        number.append(Int(changed), width: 4)
      }
      bytes.replaceSubrange(field..<field + 4, with: number)
    }
  }
}
