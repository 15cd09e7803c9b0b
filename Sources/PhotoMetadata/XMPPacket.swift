internal import CImageMetadata

/// A text in one language of an XMP property; the language is empty where the property has none.
struct LanguageText: Equatable {
  let language: String
  let text: String
}

/// The properties of an XMP packet that are read and written here.
struct XMPTexts: Equatable {
  /// dc:description.
  var description: [LanguageText] = []
  /// Iptc4xmpCore:AltTextAccessibility.
  var altText: [LanguageText] = []
  /// photoshop:CaptionWriter.
  var captionWriter: String?
  var marker: MachineMarker?
}

/// Reads and changes XMP packets through exiv2, after checks that exiv2 does not make.
enum XMPPacket {
  /// Elements in one another; a packet of Lightroom's with masks in masks has some 25.
  static let maximumDepth = 128

  /// - Throws: `ShimFailure` where the packet is no XMP.
  static func read(_ packet: [UInt8]) throws(ShimFailure) -> XMPTexts {
    let packet = try checked(packet)
    // Most packets have none of them, and need not be parsed.
    guard
      packet.contains("description") || packet.contains("AltTextAccessibility")
        || packet.contains("CaptionWriter") || packet.contains("TextHash")
    else { return XMPTexts() }
    let visits = Visits()
    try shimCall { report in
      cm_xmp_read(
        packet, packet.count,
        { context, field, language, text, count in
          guard let context, let language else { return }
          let text = String(
            decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
          Unmanaged<Visits>.fromOpaque(context).takeUnretainedValue()
            .add(field, LanguageText(language: String(cString: language), text: text))
        }, Unmanaged.passUnretained(visits).toOpaque(), &report)
    }
    return visits.texts
  }

  /// The x:xmpmeta element of a packet, which may be empty, with a machine's text in it.
  ///
  /// - Throws: `ShimFailure`.
  static func edited(
    _ packet: [UInt8], text: String, marker: MachineMarker, writer: String?
  ) throws(ShimFailure) -> [UInt8] {
    let packet = try checked(packet)
    var values: [(field: cm_xmp_field, text: String)] = [
      (CM_XMP_DESCRIPTION, text), (CM_XMP_ALT_TEXT, text), (CM_XMP_MODEL, marker.model),
      (CM_XMP_VERSION, marker.version), (CM_XMP_TEXT_HASH, marker.textHash),
    ]
    if let writer { values.append((CM_XMP_CAPTION_WRITER, writer)) }
    // C strings that live as long as the call.
    let strings = values.map { Array($0.text.utf8CString) }
    let joined = strings.flatMap(\.self)
    return try joined.withUnsafeBufferPointer { buffer throws(ShimFailure) in
      var changes: [cm_xmp_change] = []
      var offset = 0
      for (value, string) in zip(values, strings) {
        changes.append(
          cm_xmp_change(field: value.field, text: buffer.baseAddress?.advanced(by: offset)))
        offset += string.count
      }
      return try shimBytes { written, report in
        cm_xmp_edit(packet, packet.count, changes, changes.count, &written, &report)
      }
    }
  }

  /// A packet with the wrapper that lets programs find it in a file of unknown format, and with
  /// `padding` blanks to grow into (XMP specification, part 1, 7.3).
  static func wrapped(_ element: [UInt8], padding: Int) -> [UInt8] {
    var packet = Array("<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n".utf8)
    packet += element
    for index in 0..<padding {
      packet.append(index % 100 == 0 ? UInt8(ascii: "\n") : UInt8(ascii: " "))
    }
    packet += Array("\n<?xpacket end=\"w\"?>".utf8)
    return packet
  }

  /// A packet of exactly `count` bytes, or nil where that is not enough.
  static func wrapped(_ element: [UInt8], count: Int) -> [UInt8]? {
    let padding = count - wrapped(element, padding: 0).count
    return padding < 0 ? nil : wrapped(element, padding: padding)
  }

  /// The packet without zeros and blanks at its ends, if it is one that exiv2 can be given: its
  /// parser calls itself for each element in another, and knows no limit.
  private static func checked(_ packet: [UInt8]) throws(ShimFailure) -> [UInt8] {
    let isBlank: (UInt8) -> Bool = { [0, 9, 10, 13, 32].contains($0) }
    guard let first = packet.firstIndex(where: { !isBlank($0) }),
      let last = packet.lastIndex(where: { !isBlank($0) })
    else { return [] }
    let trimmed = first == 0 && last == packet.count - 1 ? packet : Array(packet[first...last])
    guard !trimmed.contains(0) else { throw ShimFailure(reason: "the XMP is not in UTF-8") }
    guard let depth = depth(trimmed) else {
      throw ShimFailure(reason: "the XMP is not well-formed")
    }
    guard depth <= maximumDepth else {
      throw ShimFailure(reason: "the XMP has \(depth) elements in one another")
    }
    return trimmed
  }

  /// The number of elements in one another; nil for what is no XML, or has a document type, whose
  /// entities could grow without bounds.
  private static func depth(_ packet: [UInt8]) -> Int? {
    var (depth, deepest, index) = (0, 0, 0)
    let end = packet.count
    while index < end {
      guard packet[index] == UInt8(ascii: "<") else {
        index += 1
        continue
      }
      let marks: [(opening: StaticString, closing: StaticString)] = [
        ("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"),
      ]
      if let mark = marks.first(where: { packet.has($0.opening, at: index) }) {
        guard let closing = packet.firstIndex(of: mark.closing, in: index..<end) else { return nil }
        index = closing + mark.closing.utf8CodeUnitCount
        continue
      }
      if packet.has("<!", at: index) { return nil }
      // A tag ends at the first “>” outside of quotes.
      let start = index
      var quote: UInt8?
      while index < end, quote != nil || packet[index] != UInt8(ascii: ">") {
        if packet[index] == quote {
          quote = nil
        } else if quote == nil, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(packet[index]) {
          quote = packet[index]
        }
        index += 1
      }
      guard index < end else { return nil }
      if packet.has("</", at: start) {
        depth -= 1
      } else if packet[index - 1] != UInt8(ascii: "/") {
        depth += 1
        deepest = max(deepest, depth)
      }
    }
    return deepest
  }

  /// Gathers what the shim reports.
  private final class Visits {
    private var description: [LanguageText] = []
    private var altText: [LanguageText] = []
    private var simple: [UInt32: String] = [:]

    func add(_ field: cm_xmp_field, _ text: LanguageText) {
      switch field {
      case CM_XMP_DESCRIPTION: description.append(text)
      case CM_XMP_ALT_TEXT: altText.append(text)
      default: simple[field.rawValue] = text.text
      }
    }

    var texts: XMPTexts {
      var texts = XMPTexts(description: description, altText: altText)
      texts.captionWriter = simple[CM_XMP_CAPTION_WRITER.rawValue]
      if let model = simple[CM_XMP_MODEL.rawValue], let hash = simple[CM_XMP_TEXT_HASH.rawValue] {
        texts.marker = MachineMarker(
          model: model, version: simple[CM_XMP_VERSION.rawValue] ?? "", textHash: hash)
      }
      return texts
    }
  }
}
