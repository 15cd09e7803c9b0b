import Testing

/// Files made by hand, for what no program at hand writes.
enum PhotoBuilder {
  /// A JPEG file with these segments in front of the picture's.
  static func jpeg(_ original: [UInt8], segments: [(marker: UInt8, content: [UInt8])]) -> [UInt8] {
    var bytes = Array(original[..<2])
    for segment in segments {
      bytes += [0xFF, segment.marker] + big(segment.content.count + 2, 2) + segment.content
    }
    return bytes + original[2...]
  }

  /// A dataset of IPTC-IIM.
  static func dataset(_ record: UInt8, _ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    [0x1C, record, tag] + big(content.count, 2) + content
  }

  /// A JPEG file with a block of IPTC.
  static func withIPTC(_ block: [UInt8]) throws -> [UInt8] {
    jpeg(
      try photo("\(decoding)/grey.jpg"),
      segments: [(0xED, Array("Photoshop 3.0\0".utf8) + resource(block))])
  }

  /// The image resource that holds a block of IPTC.
  static func resource(_ block: [UInt8]) -> [UInt8] {
    Array("8BIM".utf8) + [4, 4, 0, 0] + big(block.count, 4) + block
      + (block.count % 2 == 0 ? [] : [0])
  }

  /// A chunk of PNG.
  static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let checked = Array(type.utf8) + content
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in checked {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ crc >> 1 : crc >> 1 }
    }
    return big(content.count, 4) + checked + big(Int(~crc), 4)
  }

  /// A PNG file with chunks behind its header.
  static func png(_ original: [UInt8], chunks: [[UInt8]]) -> [UInt8] {
    // The signature, and the header's length, type, thirteen bytes and checksum.
    Array(original[..<33]) + chunks.joined() + original[33...]
  }

  /// A chunk with a profile as ImageMagick spells it.
  static func rawProfile(_ kind: String, _ content: [UInt8]) -> [UInt8] {
    let digits = content.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
    let text = "Raw profile type \(kind)\0\n\(kind)\n      \(content.count)\n\(digits)\n"
    return chunk("tEXt", Array(text.utf8))
  }

  /// A TIFF structure of one directory and, in it, an EXIF and a GPS directory.
  static func exif(
    main: [Entry] = [], exif: [Entry] = [], gps: [Entry] = [], isLittleEndian: Bool = false
  ) -> [UInt8] {
    func number(_ value: Int, _ width: Int) -> [UInt8] {
      let bytes = big(value, width)
      return isLittleEndian ? bytes.reversed() : bytes
    }
    var tiff: [UInt8] = isLittleEndian ? Array("II*\0".utf8) : Array("MM\0*".utf8)
    tiff += number(8, 4)
    let mainCount = main.count + 2
    var heap: [UInt8] = []
    let sizes = [mainCount, exif.count, gps.count].map { 2 + 12 * $0 + 4 }
    let heapStart = 8 + sizes.reduce(0, +)
    func directory(_ entries: [Entry]) -> [UInt8] {
      var bytes = number(entries.count, 2)
      for entry in entries {
        bytes += number(entry.tag, 2) + number(entry.type, 2) + number(entry.count, 4)
        let values = entry.values.flatMap { number($0.value, $0.width) }
        if values.count <= 4 {
          bytes += values + [UInt8](repeating: 0, count: 4 - values.count)
        } else {
          bytes += number(heapStart + heap.count, 4)
          heap += values
        }
      }
      return bytes + [0, 0, 0, 0]
    }
    let pointers = [
      Entry(0x8769, long: 8 + sizes[0]), Entry(0x8825, long: 8 + sizes[0] + sizes[1]),
    ]
    tiff += directory(main + pointers) + directory(exif) + directory(gps)
    return tiff + heap
  }

  struct Entry {
    let tag: Int
    let type: Int
    let count: Int
    let values: [(value: Int, width: Int)]

    init(_ tag: Int, ascii text: String) {
      self.init(tag, bytes: Array(text.utf8) + [0])
    }

    init(_ tag: Int, bytes: [UInt8]) {
      (self.tag, type, count) = (tag, 2, bytes.count)
      values = bytes.map { (Int($0), 1) }
    }

    init(_ tag: Int, undefined bytes: [UInt8]) {
      (self.tag, type, count) = (tag, 7, bytes.count)
      values = bytes.map { (Int($0), 1) }
    }

    init(_ tag: Int, short value: Int) {
      (self.tag, type, count, values) = (tag, 3, 1, [(value, 2)])
    }

    init(_ tag: Int, long value: Int) {
      (self.tag, type, count, values) = (tag, 4, 1, [(value, 4)])
    }

    init(_ tag: Int, rationals: [(Int, Int)]) {
      (self.tag, type, count) = (tag, 5, rationals.count)
      values = rationals.flatMap { [($0.0, 4), ($0.1, 4)] }
    }
  }

  static func big(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func box(_ type: String, _ content: [UInt8], headerSize: Int = 8) -> [UInt8] {
    headerSize == 16
      ? big(1, 4) + type.utf8 + big(content.count + 16, 8) + content
      : big(content.count + 8, 4) + type.utf8 + content
  }

  /// How a HEIC file is laid out.
  struct HEIFLayout: CustomTestStringConvertible {
    var locationVersion = 0
    var itemVersion = 2
    var offsetSize = 4
    var lengthSize = 4
    var baseSize = 0
    /// 0: in mdat, 1: in idat.
    var method = 0
    var primaryID = 1
    var metaHeaderSize = 8
    var mediaHeaderSize = 8
    /// The last box has no length.
    var isOpenEnded = false
    var metaIsLast = false
    var referenceVersion: Int? = 0
    var hasMovie = false
    var trailer: [UInt8] = []

    var testDescription: String { "\(self)" }
  }

  /// A file with a picture in two pieces, an auxiliary picture with XMP of its own, and EXIF.
  static func heif(_ layout: HEIFLayout) -> [UInt8] {
    let pictures: [[UInt8]] = [
      (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) },
      (0..<300).map { UInt8(truncatingIfNeeded: $0 * 13) },
    ]
    let exifPayload = [0, 0, 0, 0] + exif(main: [Entry(0x0110, ascii: "A camera")])
    let xmpPayload = Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".utf8)
    let payload = pictures[0] + pictures[1] + exifPayload + xmpPayload
    let first = layout.primaryID
    // (id, type, extents in the payload)
    let items: [(id: Int, type: String, extents: [(Int, Int)])] = [
      (first, "hvc1", [(500, 500), (0, 500)]), (first + 1, "hvc1", [(1000, 300)]),
      (first + 2, "Exif", [(1300, exifPayload.count)]),
      (first + 3, "mime", [(1300 + exifPayload.count, xmpPayload.count)]),
    ]
    let idWidth = layout.itemVersion == 3 ? 4 : 2
    let locationIDWidth = layout.locationVersion == 2 ? 4 : 2
    func meta(payloadStart: Int) -> [UInt8] {
      var locations: [UInt8] = [UInt8(layout.locationVersion), 0, 0, 0]
      locations += [UInt8(layout.offsetSize << 4 | layout.lengthSize), UInt8(layout.baseSize << 4)]
      locations += big(items.count, locationIDWidth)
      let start = layout.method == 1 ? 0 : payloadStart
      for item in items {
        locations += big(item.id, locationIDWidth)
        if layout.locationVersion > 0 { locations += big(layout.method, 2) }
        locations += [0, 0] + big(layout.baseSize > 0 ? start : 0, layout.baseSize)
        locations += big(item.extents.count, 2)
        for extent in item.extents {
          locations += big(extent.0 + (layout.baseSize > 0 ? 0 : start), layout.offsetSize)
          locations += big(extent.1, layout.lengthSize)
        }
      }
      let entries = items.flatMap { item in
        box(
          "infe",
          [UInt8(layout.itemVersion), 0, 0, 0] + big(item.id, idWidth) + [0, 0] + item.type.utf8
            + [0] + (item.type == "mime" ? Array("application/rdf+xml\0".utf8) : []))
      }
      let primary: [UInt8] =
        first < 1 << 16 ? [0, 0, 0, 0] + big(first, 2) : [1, 0, 0, 0] + big(first, 4)
      var content = box("hdlr", [UInt8](repeating: 0, count: 8) + "pict".utf8 + [0, 0, 0, 0])
      content += box("pitm", primary) + box("iloc", locations)
      content += box("iinf", [0, 0, 0, 0] + big(items.count, 2) + entries)
      if let version = layout.referenceVersion {
        let width = version == 0 ? 2 : 4
        func reference(_ type: String, _ from: Int, _ to: Int) -> [UInt8] {
          box(type, big(from, width) + [0, 1] + big(to, width))
        }
        content += box(
          "iref",
          [UInt8(version), 0, 0, 0] + reference("auxl", first + 1, first)
            + reference("cdsc", first + 2, first) + reference("cdsc", first + 3, first + 1))
      }
      if layout.method == 1 { content += box("idat", payload) }
      return box("meta", [0, 0, 0, 0] + content, headerSize: layout.metaHeaderSize)
    }
    let header = box("ftyp", Array("heic".utf8) + [0, 0, 0, 0] + "mif1heic".utf8)
    var media = box(
      "mdat", layout.method == 1 ? [1, 2, 3] : payload, headerSize: layout.mediaHeaderSize)
    func movie(_ chunk: Int) -> [UInt8] {
      let table = box("stco", [0, 0, 0, 0] + big(2, 4) + big(chunk, 4) + big(chunk + 100, 4))
      let large = box("co64", [0, 0, 0, 0] + big(1, 4) + big(chunk + 200, 8))
      func track(_ table: [UInt8]) -> [UInt8] {
        box("trak", box("mdia", box("minf", box("stbl", table))))
      }
      return box("moov", track(table) + track(large))
    }
    let movieSize = layout.hasMovie ? movie(0).count : 0
    var before = header.count
    if !layout.metaIsLast { before += meta(payloadStart: 0).count }
    let payloadStart = before + movieSize + layout.mediaHeaderSize
    if layout.isOpenEnded, !layout.metaIsLast {
      media.replaceSubrange(0..<4, with: [0, 0, 0, 0])
    }
    var directory = meta(payloadStart: payloadStart)
    if layout.isOpenEnded, layout.metaIsLast {
      directory.replaceSubrange(0..<4, with: [0, 0, 0, 0])
    }
    var bytes = header
    if !layout.metaIsLast { bytes += directory }
    if layout.hasMovie { bytes += movie(payloadStart) }
    bytes += media
    if layout.metaIsLast { bytes += directory }
    return bytes + layout.trailer
  }
}
