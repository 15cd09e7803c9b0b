internal import CImageMetadata

/// A text in one language of an XMP property; the language is empty where the property has none.
struct LanguageText: Equatable {
  let language: String
  let text: String
}

/// The properties of an XMP packet that are read and written here.
struct XMPTexts {
  /// dc:description.
  var description: [LanguageText] = []
  /// Iptc4xmpCore:AltTextAccessibility.
  var altText: [LanguageText] = []
  /// photoshop:CaptionWriter.
  var captionWriter: String?
  /// Where a model's name stands beside the hash of a text.
  var marker: MachineMarker?
  /// Where none does: of a person's note that this program wrote.
  var noteHash: String?
  /// All others, in the order of `PhotoDescription.Place`.
  var others: [(place: PhotoDescription.Place, text: LanguageText)] = []
}

/// A change of a property.
struct XMPChange {
  enum Field {
    case description, altText, captionWriter, model, version, textHash
  }

  let field: Field
  /// Nil takes it out.
  let text: String?
  /// Where it is taken out: of a property with languages, only those that say exactly this.
  var old: String?
}

/// Reads and changes XMP packets through exiv2, after checks that exiv2 does not make.
enum XMPPacket {
  /// Elements in one another; a packet of Lightroom's with masks in masks has some 25.
  static let maximumDepth = 128

  /// The longest packet, in bytes.
  private static let maximumSize = 1 << 24
  /// How many elements a packet may have: the history of a picture in many layers has some ten
  /// thousand.
  private static let maximumElements = 400_000
  /// How many different names of properties, declarations of namespaces and languages a packet may
  /// have, of each: what exiv2 does with them takes time that grows with their square, half a second
  /// for so many.
  private static let maximumNames = 4_096

  /// Parts of the names of the properties that are read.
  private static let names: [StaticString] = [
    "escription", "AltTextAccessibility", "CaptionWriter", "TextHash", "title", "Headline",
    "subject", "UserComment", "ExtDescrAccessibility",
  ]

  /// - Throws: `ShimFailure` where the packet is no XMP.
  static func read(_ packet: [UInt8]) throws(ShimFailure) -> XMPTexts {
    let packet = try checked(packet)
    // Most packets have none of them, and need not be parsed.
    guard names.contains(where: packet.contains) else { return XMPTexts() }
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

  /// The x:xmpmeta element of a packet, which may be empty, with some properties changed.
  ///
  /// - Throws: `ShimFailure`.
  static func edited(_ packet: [UInt8], _ changes: [XMPChange]) throws(ShimFailure) -> [UInt8] {
    let packet = try checked(packet)
    // C strings that live as long as the call.
    var joined: [CChar] = []
    func append(_ text: String?) -> Int? {
      guard let text else { return nil }
      defer { joined += text.utf8CString }
      return joined.count
    }
    let offsets = changes.map { (text: append($0.text), old: append($0.old)) }
    return try joined.withUnsafeBufferPointer { buffer throws(ShimFailure) in
      func string(_ offset: Int?) -> UnsafePointer<CChar>? {
        offset.flatMap { buffer.baseAddress?.advanced(by: $0) }
      }
      let list = zip(changes, offsets).map { change, offset in
        cm_xmp_change(
          field: change.field.code, text: string(offset.text), old: string(offset.old))
      }
      let element = try shimBytes { written, report in
        cm_xmp_edit(packet, packet.count, list, list.count, &written, &report)
      }
      return element.isEmpty ? emptyElement : element
    }
  }

  /// What exiv2 leaves out altogether: an element without a property. Without it, what was written
  /// would be no packet, also to exiv2.
  private static let emptyElement = Array(
    (#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF "#
      + #"xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>"#).utf8)

  /// Whether an x:xmpmeta element of `edited` has no property.
  static func isEmpty(_ element: [UInt8]) -> Bool {
    element == emptyElement || element.contains("<rdf:Description rdf:about=\"\"/>")
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

  /// The packet in UTF-8 and without what is at its ends, if it is one that exiv2 can be given: its
  /// parser calls itself for each element in another, and knows no limit.
  private static func checked(_ packet: [UInt8]) throws(ShimFailure) -> [UInt8] {
    let isBlank: (UInt8) -> Bool = { [0, 9, 10, 13, 32].contains($0) }
    let packet = XMLEncoding.utf8(packet)
    guard let first = packet.firstIndex(where: { !isBlank($0) }),
      let last = packet.lastIndex(where: { !isBlank($0) })
    else { return [] }
    let trimmed = first == 0 && last == packet.count - 1 ? packet : Array(packet[first...last])
    if isWrapperOnly(trimmed) { return [] }
    guard !trimmed.contains(0) else { throw ShimFailure(reason: "the XMP is not in UTF-8") }
    guard let depth = depth(trimmed) else {
      throw ShimFailure(reason: "the XMP is not well-formed")
    }
    guard isOfUsualSize(trimmed) else { throw ShimFailure(reason: "the XMP is too large") }
    guard depth <= maximumDepth else {
      throw ShimFailure(reason: "the XMP has \(depth) elements in one another")
    }
    return trimmed
  }

  /// Whether nothing is between the wrapper's instructions, as earlier versions left it.
  private static func isWrapperOnly(_ packet: [UInt8]) -> Bool {
    guard packet.has("<?xpacket", at: 0) else { return false }
    var index = 0
    while index < packet.count {
      if packet.has("<?", at: index) {
        guard let closing = packet.firstIndex(of: "?>", in: index..<packet.count) else {
          return false
        }
        index = closing + 2
      } else if [9, 10, 13, 32].contains(packet[index]) {
        index += 1
      } else {
        return false
      }
    }
    return true
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

  /// Whether a packet is of no more than the most parts of every kind.
  private static func isOfUsualSize(_ packet: [UInt8]) -> Bool {
    guard packet.count <= maximumSize else { return false }
    var (elements, values) = (0, 0)
    for byte in packet {
      if byte == UInt8(ascii: "<") { elements += 1 }
      if byte == UInt8(ascii: "=") { values += 1 }
    }
    // Nearly all packets.
    guard elements + values > maximumNames else { return true }
    guard elements <= 2 * maximumElements else { return false }
    var names: Set<ArraySlice<UInt8>> = []
    var (namespaces, languages) = (0, 0)
    var isInTag = false
    var quote: UInt8?
    // Where the name of an element or attribute begins.
    var start: Int?
    for (place, byte) in packet.enumerated() {
      guard isInTag else {
        isInTag = byte == UInt8(ascii: "<")
        start = place + 1
        continue
      }
      guard quote == nil else {
        if byte == quote { quote = nil }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
      case 9, 10, 13, 32, UInt8(ascii: "="), UInt8(ascii: "/"), UInt8(ascii: ">"):
        if let start, start < place {
          let name = packet[start..<place]
          names.insert(name)
          if name.starts(with: "xmlns".utf8) { namespaces += 1 }
          if name.elementsEqual("xml:lang".utf8) { languages += 1 }
        }
        start = nil
        isInTag = byte != UInt8(ascii: ">")
      default: start = start ?? place
      }
      guard names.count <= maximumNames, namespaces <= maximumNames, languages <= maximumNames
      else { return false }
    }
    return true
  }

  /// Gathers what the shim reports.
  private final class Visits {
    private var description: [LanguageText] = []
    private var altText: [LanguageText] = []
    private var others: [(place: PhotoDescription.Place, text: LanguageText)] = []
    private var simple: [UInt32: String] = [:]

    func add(_ field: cm_xmp_field, _ text: LanguageText) {
      switch field {
      case CM_XMP_DESCRIPTION: description.append(text)
      case CM_XMP_ALT_TEXT: altText.append(text)
      case CM_XMP_TITLE: others.append((.title, text))
      case CM_XMP_HEADLINE: others.append((.headline, text))
      case CM_XMP_SUBJECT: others.append((.keywords, text))
      case CM_XMP_IMAGE_DESCRIPTION, CM_XMP_USER_COMMENT: others.append((.exifInXMP, text))
      case CM_XMP_EXTENDED_DESCRIPTION: others.append((.extendedDescription, text))
      default: simple[field.rawValue] = text.text
      }
    }

    var texts: XMPTexts {
      var texts = XMPTexts(description: description, altText: altText, others: others)
      texts.captionWriter = simple[CM_XMP_CAPTION_WRITER.rawValue]
      guard let hash = simple[CM_XMP_TEXT_HASH.rawValue] else { return texts }
      if let model = simple[CM_XMP_MODEL.rawValue] {
        texts.marker = MachineMarker(
          model: model, version: simple[CM_XMP_VERSION.rawValue] ?? "", textHash: hash)
      } else {
        texts.noteHash = hash
      }
      return texts
    }
  }
}

extension XMPChange.Field {
  fileprivate var code: cm_xmp_field {
    switch self {
    case .description: CM_XMP_DESCRIPTION
    case .altText: CM_XMP_ALT_TEXT
    case .captionWriter: CM_XMP_CAPTION_WRITER
    case .model: CM_XMP_MODEL
    case .version: CM_XMP_VERSION
    case .textHash: CM_XMP_TEXT_HASH
    }
  }
}
