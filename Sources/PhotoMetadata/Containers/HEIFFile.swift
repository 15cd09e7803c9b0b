/// The items of a HEIC or AVIF file (ISO/IEC 23008-12; ISO/IEC 14496-12, 8.11).
///
/// exiv2 0.27 reads such files only in part, and writes none.
struct HEIFFile: PhotoFile {
  static let holdsIPTC = false

  let bytes: [UInt8]
  private(set) var fault: PhotoFileFault?
  private var meta: Box?
  private(set) var children: [Box] = []
  private(set) var primary: Int?
  private(set) var items: [Item] = []
  private(set) var locations: [Location] = []
  private var locationVersion = 0
  private(set) var references: [Reference] = []
  /// The largest identifier in use, of items and of groups, which share them.
  private var largestID = 0
  private var data: Range<Int>?
  /// Where boxes lie whose content is the items' alone.
  private var payloads: [Range<Int>] = []
  /// Places in `moov` that count from the beginning of the file: where they are, and their widths.
  private var chunkOffsets: [(offset: Int, width: Int)] = []

  struct Item {
    let id: Int
    let type: String
    let contentType: String
    /// Neither encrypted nor compressed.
    let isPlain: Bool
  }

  struct Location {
    let id: Int
    /// 0: in the file, 1: in `idat`, 2: in another item.
    let method: Int
    /// 0: this file.
    let file: Int
    var extents: [Extent]
  }

  struct Extent {
    let index: Int
    /// With the location's base.
    var offset: Int
    var length: Int

    var range: Range<Int> { offset..<offset + length }
  }

  struct Reference {
    let type: String
    let from: Int
    let to: [Int]
  }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    do {
      try read()
    } catch {
      fault = error
    }
  }

  var blocks: MetadataBlocks {
    var blocks = MetadataBlocks()
    if let item = metadataItems({ $0.type == "Exif" }).first, let payload = payload(item.id),
      // ISO/IEC 23008-12, A.2.1: first the offset of the TIFF structure behind this field.
      let offset = payload.integer(at: 0, width: 4), offset <= payload.count - 4
    {
      blocks.exif = Array(payload[(4 + offset)...])
    }
    for item in metadataItems(Self.isXMP).prefix(MetadataBlocks.mostBlocks) {
      if let packet = payload(item.id) { blocks.addXMP(packet[...]) }
    }
    // As in movies (XMP specification, part 3, 1.2.7.1); it is read, but nothing is written there.
    for box in boxes(of: Self.xmpIdentifier) where box.count <= Self.maximumPayload {
      blocks.addFurtherXMP(bytes[box])
    }
    return blocks
  }

  /// A box of C2PA's own, by its UUID, or JUMBF (ISO/IEC 19566-5) with one called after C2PA.
  var isSigned: Bool {
    !boxes(of: Self.credentialsIdentifier).isEmpty
      || Box.list(bytes, in: 0..<bytes.count).contains {
        $0.type == "jumb" && bytes.firstIndex(of: "c2pa", in: $0.content) != nil
      }
  }

  private static let credentialsIdentifier: [UInt8] = [
    0xD8, 0xFE, 0xC3, 0xD6, 0x1B, 0x0E, 0x48, 0x3C, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7E, 0xC4, 0x81,
  ]
  private static let xmpIdentifier: [UInt8] = [
    0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8, 0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC,
  ]

  /// What the boxes with a UUID hold behind it.
  private func boxes(of identifier: [UInt8]) -> [Range<Int>] {
    Box.list(bytes, in: 0..<bytes.count).filter {
      $0.type == "uuid" && bytes[$0.content].starts(with: identifier)
    }.map { $0.content.lowerBound + identifier.count..<$0.content.upperBound }
  }

  func replacing(xmp: [UInt8], photoshop: [UInt8]?) throws(PhotoFileFault) -> [UInt8] {
    guard let meta, let primary else { throw .corrupt("it has no primary picture") }
    guard locations.allSatisfy({ $0.file == 0 }) else {
      throw .unsupported("some of it is in other files")
    }
    guard xmp.count < 1 << 28 else { throw .noRoom }
    var result = bytes
    let old = xmpItem
    guard old.map({ self.payload($0.id) != nil }) ?? true else {
      throw .unsupported("its XMP is compressed, or out of reach")
    }
    // Only bytes that are this item's alone may be written over.
    let oldRange = old.flatMap { exclusiveRange($0.id) }
    if let oldRange {
      if let packet = XMPPacket.wrapped(xmp, count: oldRange.count) {
        result.replaceSubrange(oldRange, with: packet)
        return result
      }
      // So that no program that searches for packets finds the old one.
      result.replaceSubrange(
        oldRange, with: repeatElement(UInt8(ascii: " "), count: oldRange.count))
    }
    let packet = XMPPacket.wrapped(xmp, padding: 1024)
    let id = old?.id ?? largestID + 1
    guard id < 1 << 32, id < 1 << 16 || old != nil || largestID >= 1 << 16 else {
      throw .unsupported("it has no identifier left")
    }

    var locations = locations
    let start = locations.firstIndex { $0.id == id }
    let new = Location(
      id: id, method: 0, file: 0, extents: [Extent(index: 0, offset: 0, length: packet.count)])
    if let start { locations[start] = new } else { locations.append(new) }
    let width = offsetWidth(locations)

    // The box first with the old offsets, for its length, then with the right ones.
    func content(_ locations: [Location]) throws(PhotoFileFault) -> [UInt8] {
      try metaContent(meta, result, locations, width: width, added: old == nil ? id : nil, primary)
    }
    let isLarge = meta.content.lowerBound - meta.range.lowerBound == 16
    let newMeta = Box.bytes("meta", try content(locations), isLarge: isLarge)
    let payload = Box.bytes("mdat", packet)
    let growth = newMeta.count + payload.count - meta.range.count
    for index in locations.indices where locations[index].method == 0 {
      for extent in locations[index].extents.indices where locations[index].id != id {
        let range = locations[index].extents[extent].range
        if range.lowerBound >= meta.range.upperBound {
          locations[index].extents[extent].offset += growth
        } else if range.upperBound > meta.range.lowerBound {
          throw .unsupported("an item lies within its directory")
        }
      }
      if locations[index].id == id {
        locations[index].extents[0].offset =
          meta.range.lowerBound + newMeta.count + payload.count - packet.count
      }
    }
    for place in chunkOffsets {
      guard let offset = bytes.integer(at: place.offset, width: place.width) else { continue }
      guard (meta.range.upperBound...bytes.count).contains(offset) else { continue }
      guard place.width == 8 || offset + growth < 1 << 32 else { throw .noRoom }
      result.overwrite(offset + growth, at: place.offset, width: place.width)
    }
    let final = Box.bytes("meta", try content(locations), isLarge: isLarge)
    // The new payload comes right behind the directory: what counts from the end of the file, as
    // the video of a moving photo does, stays right.
    result.replaceSubrange(meta.range, with: final + payload)
    return result
  }

  // MARK: Reading

  private mutating func read() throws(PhotoFileFault) {
    let top = Box.list(bytes, in: 0..<bytes.count)
    if let end = top.last?.range.upperBound, bytes[end...].prefix(8).contains(where: { $0 != 0 }) {
      fault = .corrupt("a box ends beyond the file")
    }
    let directories = top.filter { $0.type == "meta" }
    guard let meta = directories.first else { throw .corrupt("it has no directory of items") }
    // Readers do not agree on which counts.
    guard directories.count == 1 else { throw .corrupt("it has two directories of items") }
    self.meta = meta
    guard meta.content.count >= 4 else { throw .corrupt("its directory is empty") }
    children = Box.list(bytes, in: meta.content.lowerBound + 4..<meta.content.upperBound)
    guard children.last?.range.upperBound == meta.range.upperBound else {
      throw .corrupt("a box of its directory ends beyond it")
    }
    for type in ["pitm", "iinf", "iloc"] where children.filter({ $0.type == type }).count != 1 {
      throw .corrupt("its directory lacks a box, or has it twice")
    }
    for type in ["iref", "idat"] where children.filter({ $0.type == type }).count > 1 {
      throw .corrupt("its directory has a box twice")
    }
    for child in children {
      switch child.type {
      case "pitm": try readPrimary(child)
      case "iinf": try readItems(child)
      case "iref": try readReferences(child)
      case "idat": data = child.content
      case "grpl":
        for group in Box.list(bytes, in: child.content) {
          var reader = BoxReader(bytes, group.content)
          _ = reader.number(4)
          largestID = max(largestID, reader.number(4) ?? 0)
        }
      default: break
      }
    }
    payloads = top.filter { $0.type == "mdat" }.map(\.content) + (data.map { [$0] } ?? [])
    for child in children where child.type == "iloc" { try readLocations(child) }
    for box in top {
      switch box.type {
      case "moov": try readMovie(box)
      case "moof", "mfra", "sidx":
        throw .unsupported("it has a fragmented movie in it")
      default: break
      }
    }
  }

  private mutating func readPrimary(_ box: Box) throws(PhotoFileFault) {
    var reader = BoxReader(bytes, box.content)
    guard let version = reader.number(1), reader.number(3) != nil,
      let id = reader.number(version == 0 ? 2 : 4)
    else { throw .corrupt("its primary picture is not named") }
    primary = id
  }

  private mutating func readItems(_ box: Box) throws(PhotoFileFault) {
    var reader = BoxReader(bytes, box.content)
    guard let version = reader.number(1), reader.number(3) != nil,
      reader.number(version == 0 ? 2 : 4) != nil
    else { throw .corrupt("its list of items is damaged") }
    let entries = Box.list(bytes, in: reader.offset..<reader.end)
    guard (entries.last?.range.upperBound ?? reader.offset) == reader.end else {
      throw .corrupt("its list of items is damaged")
    }
    for entry in entries where entry.type == "infe" {
      var reader = BoxReader(bytes, entry.content)
      guard let version = reader.number(1), reader.number(3) != nil,
        let id = reader.number(version >= 3 ? 4 : 2), let protection = reader.number(2)
      else { throw .corrupt("an entry of its list of items is damaged") }
      largestID = max(largestID, id)
      guard version >= 2, reader.number(4) != nil else { continue }
      let type = String(decoding: bytes[reader.offset - 4..<reader.offset], as: UTF8.self)
      _ = reader.text()
      let contentType = type == "mime" ? reader.text() : ""
      let isPlain = protection == 0 && (type != "mime" || reader.text().isEmpty)
      items.append(Item(id: id, type: type, contentType: contentType, isPlain: isPlain))
    }
  }

  private mutating func readReferences(_ box: Box) throws(PhotoFileFault) {
    var reader = BoxReader(bytes, box.content)
    guard let version = reader.number(1), reader.number(3) != nil else {
      throw .corrupt("its references are damaged")
    }
    let width = version == 0 ? 2 : 4
    for entry in Box.list(bytes, in: reader.offset..<reader.end) {
      var reader = BoxReader(bytes, entry.content)
      guard let from = reader.number(width), let count = reader.number(2) else {
        throw .corrupt("a reference is damaged")
      }
      var to: [Int] = []
      for _ in 0..<count {
        guard let id = reader.number(width) else { throw .corrupt("a reference is damaged") }
        to.append(id)
      }
      references.append(Reference(type: entry.type, from: from, to: to))
    }
  }

  private mutating func readLocations(_ box: Box) throws(PhotoFileFault) {
    let damaged = PhotoFileFault.corrupt("its items' places are damaged")
    var reader = BoxReader(bytes, box.content)
    guard let version = reader.number(1), version <= 2, reader.number(3) != nil,
      let sizes = reader.number(1), let moreSizes = reader.number(1),
      let count = reader.number(version == 2 ? 4 : 2)
    else { throw damaged }
    locationVersion = version
    let (offsetSize, lengthSize, baseSize) = (sizes >> 4, sizes & 15, moreSizes >> 4)
    let indexSize = version == 0 ? 0 : moreSizes & 15
    guard [offsetSize, lengthSize, baseSize, indexSize].allSatisfy([0, 4, 8].contains) else {
      throw damaged
    }
    var extentCount = 0
    for _ in 0..<count {
      guard let id = reader.number(version == 2 ? 4 : 2),
        let method = version == 0 ? 0 : reader.number(2).map({ $0 & 15 }),
        let file = reader.number(2), let base = reader.number(baseSize),
        let extents = reader.number(2)
      else { throw damaged }
      // Extents may take no bytes at all: without this, a small file could name billions.
      extentCount += extents
      guard extentCount <= mostParts else { throw .tooManyParts }
      var location = Location(id: id, method: method, file: file, extents: [])
      for _ in 0..<extents {
        guard let index = reader.number(indexSize), let offset = reader.number(offsetSize),
          var length = reader.number(lengthSize)
        else { throw damaged }
        let (start, overflows) = base.addingReportingOverflow(offset)
        guard !overflows else { throw damaged }
        if method < 2, file == 0 {
          let end = method == 0 ? bytes.count : data?.count ?? 0
          // All that there is.
          if length == 0 { length = max(0, end - start) }
          guard start <= end, length <= end - start else { throw damaged }
        }
        location.extents.append(Extent(index: index, offset: start, length: length))
      }
      largestID = max(largestID, id)
      locations.append(location)
    }
    guard Set(locations.map(\.id)).count == locations.count else { throw damaged }
  }

  /// Notes all that in a movie counts from the beginning of the file: the offsets of chunks.
  private mutating func readMovie(_ movie: Box) throws(PhotoFileFault) {
    let path = ["trak", "mdia", "minf", "stbl"]
    var level = [movie]
    for type in path {
      level = level.flatMap { Box.list(bytes, in: $0.content) }
      if level.contains(where: { $0.type == "meta" }) {
        throw .unsupported("it has a movie with items of its own")
      }
      level = level.filter { $0.type == type }
    }
    for box in level.flatMap({ Box.list(bytes, in: $0.content) }) {
      if box.type == "saio" { throw .unsupported("it has an encrypted movie in it") }
      guard ["stco", "co64"].contains(box.type) else { continue }
      let width = box.type == "stco" ? 4 : 8
      var reader = BoxReader(bytes, box.content)
      guard reader.number(4) != nil, let count = reader.number(4),
        count <= (reader.end - reader.offset) / width
      else { throw .corrupt("the chunks of its movie are damaged") }
      for index in 0..<count {
        chunkOffsets.append((reader.offset + width * index, width))
      }
    }
  }

  // MARK: Items

  private var xmpItem: Item? { metadataItems(Self.isXMP).first }

  private static func isXMP(_ item: Item) -> Bool {
    item.type == "mime" && item.contentType == "application/rdf+xml"
  }

  /// The items of a kind that describe the primary picture, and behind them those that describe no
  /// other, such as a depth map, in particular.
  private func metadataItems(_ isWanted: (Item) -> Bool) -> [Item] {
    let candidates = items.filter(isWanted)
    let descriptions = references.filter { $0.type == "cdsc" }
    let ofAny = Set(descriptions.map(\.from))
    let ofPrimary = Set(descriptions.filter { $0.to.contains { $0 == primary } }.map(\.from))
    return candidates.filter { ofPrimary.contains($0.id) }
      + candidates.filter { !ofAny.contains($0.id) }
  }

  /// What metadata has at most.
  private static let maximumPayload = 1 << 24

  private func payload(_ id: Int) -> [UInt8]? {
    guard let location = locations.first(where: { $0.id == id }), location.method < 2,
      location.file == 0, items.contains(where: { $0.id == id && $0.isPlain })
    else { return nil }
    var payload: [UInt8] = []
    for extent in location.extents {
      guard extent.length <= Self.maximumPayload - payload.count else { return nil }
      payload += bytes[absolute(extent, location)]
    }
    return payload
  }

  /// Where an extent of a checked location lies in the file.
  func absolute(_ extent: Extent, _ location: Location) -> Range<Int> {
    let start = extent.offset + (location.method == 1 ? data?.lowerBound ?? 0 : 0)
    return start..<start + extent.length
  }

  /// Where an item lies if it does so in one piece, in a box for payloads, and apart from all other
  /// items.
  private func exclusiveRange(_ id: Int) -> Range<Int>? {
    guard let location = locations.first(where: { $0.id == id }), location.method < 2,
      location.file == 0, location.extents.count == 1
    else { return nil }
    let range = absolute(location.extents[0], location)
    guard
      payloads.contains(where: {
        $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound
      })
    else { return nil }
    for other in locations where other.id != id && other.method < 2 && other.file == 0 {
      if other.extents.contains(where: { absolute($0, other).overlaps(range) }) { return nil }
    }
    return range
  }

  // MARK: Writing

  /// What offsets and lengths need; 1 GiB is the limit for files, but what items' offsets within
  /// others' count is not known.
  private func offsetWidth(_ locations: [Location]) -> Int {
    let largest = locations.flatMap(\.extents).map { max($0.offset, $0.length, $0.index) }.max()
    return (largest ?? 0) < 1 << 31 ? 4 : 8
  }

  private func metaContent(
    _ meta: Box, _ bytes: [UInt8], _ locations: [Location], width: Int, added: Int?,
    _ primary: Int
  ) throws(PhotoFileFault) -> [UInt8] {
    var content = Array(bytes[meta.content.lowerBound..<meta.content.lowerBound + 4])
    for child in children {
      switch child.type {
      case "iloc": content += try locationBox(locations, width: width)
      case "iinf" where added != nil:
        content += try itemsBox(child, bytes, added: added ?? 0)
      case "iref" where added != nil:
        content += try referencesBox(child, bytes, added: added ?? 0, primary)
      default: content += bytes[child.range]
      }
    }
    if let added, !children.contains(where: { $0.type == "iref" }) {
      content += try referencesBox(nil, bytes, added: added, primary)
    }
    return content
  }

  private func locationBox(
    _ locations: [Location], width: Int
  ) throws(PhotoFileFault) -> [UInt8] {
    let version = locations.contains { $0.id >= 1 << 16 } ? 2 : locationVersion
    let indexWidth = locations.contains { $0.extents.contains { $0.index != 0 } } ? width : 0
    var content: [UInt8] = [UInt8(version), 0, 0, 0]
    content.append(width << 4 | width, width: 1)
    content.append(indexWidth, width: 1)
    guard version == 2 || locations.count < 1 << 16 else { throw .noRoom }
    content.append(locations.count, width: version == 2 ? 4 : 2)
    for location in locations {
      content.append(location.id, width: version == 2 ? 4 : 2)
      if version > 0 { content.append(location.method, width: 2) }
      content.append(location.file, width: 2)
      content.append(location.extents.count, width: 2)
      for extent in location.extents {
        if indexWidth > 0 { content.append(extent.index, width: indexWidth) }
        content.append(extent.offset, width: width)
        content.append(extent.length, width: width)
      }
    }
    return Box.bytes("iloc", content)
  }

  private func itemsBox(
    _ box: Box, _ bytes: [UInt8], added: Int
  ) throws(PhotoFileFault) -> [UInt8] {
    var content = Array(bytes[box.content])
    let width = content[0] == 0 ? 2 : 4
    guard let count = content.integer(at: 4, width: width), count + 1 < 1 << (8 * width) else {
      throw .noRoom
    }
    content.overwrite(count + 1, at: 4, width: width)
    let isWide = added >= 1 << 16
    // Hidden: it is no picture.
    var entry: [UInt8] = [isWide ? 3 : 2, 0, 0, 1]
    entry.append(added, width: isWide ? 4 : 2)
    // Not protected; a type; no name; a type of content.
    entry += [0, 0] + Array("mime\0application/rdf+xml\0".utf8)
    return Box.bytes("iinf", content + Box.bytes("infe", entry))
  }

  private func referencesBox(
    _ box: Box?, _ bytes: [UInt8], added: Int, _ primary: Int
  ) throws(PhotoFileFault) -> [UInt8] {
    let isWide = max(added, primary) >= 1 << 16
    var content = box.map { Array(bytes[$0.content]) } ?? [isWide ? 1 : 0, 0, 0, 0]
    let width = content[0] == 0 ? 2 : 4
    guard !isWide || width == 4 else {
      throw .unsupported("its references cannot name so many items")
    }
    var reference: [UInt8] = []
    reference.append(added, width: width)
    reference.append(1, width: 2)
    reference.append(primary, width: width)
    content += Box.bytes("cdsc", reference)
    return Box.bytes("iref", content)
  }
}
