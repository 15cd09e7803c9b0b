package import Imaging

/// What a photo's metadata tells of how it was taken and what people, or this program, wrote of it.
package struct PhotoProperties: Equatable, Sendable {
  /// As in 2021-07-04T18:30:05+02:00, without zone where it is unknown.
  package var captureTime: String?
  package var cameraMake: String?
  package var cameraModel: String?
  /// Degrees to the north, −90...90.
  package var latitude: Double?
  /// Degrees to the east, −180...180.
  package var longitude: Double?
  /// What the EXIF block says; HEIC and AVIF pictures are turned by other means.
  package var orientation: ImageOrientation?
  /// All texts, XMP's first and x-default before the other languages; never empty ones.
  package var descriptions: [PhotoDescription] = []

  package init() {}

  /// Reads the metadata of a file. Damaged metadata is as if it were not there.
  ///
  /// May be called on any thread, with any bytes.
  package init(_ bytes: [UInt8]) {
    self.init(ImageFormat(bytes)?.photoFile(bytes).blocks ?? MetadataBlocks())
  }

  init(_ blocks: MetadataBlocks) {
    let exif = blocks.exif.flatMap(ExifBlock.init)
    captureTime = exif?.captureTime
    cameraMake = exif?.make
    cameraModel = exif?.model
    latitude = exif?.position?.latitude
    longitude = exif?.position?.longitude
    orientation = exif?.orientation.flatMap(ImageOrientation.init(rawValue:))
    let packets = ([blocks.xmp].compactMap { $0 } + blocks.furtherXMP).compactMap {
      try? XMPPacket.read($0)
    }
    let resources = ([blocks.photoshop].compactMap { $0 } + blocks.furtherPhotoshop).compactMap {
      try? PhotoshopResources($0)
    }
    var texts = TextCollector(packets)
    for packet in packets { texts.add(packet) }
    for block in resources.map(\.iptc) { texts.add(block) }
    if let exif { texts.add(exif) }
    for comment in blocks.comments { texts.add(comment.place, comment.text) }
    descriptions = texts.all
  }

  /// The text at a place, in the language for everybody.
  package subscript(_ place: PhotoDescription.Place) -> PhotoDescription? {
    descriptions.first { $0.place == place }
  }

  /// The first text that a person wrote.
  package var humanText: PhotoDescription? { descriptions.first { $0.author == .person } }
}

/// Gathers texts and finds out who wrote them.
struct TextCollector {
  private(set) var all: [PhotoDescription] = []
  private let markers: [MachineMarker]
  private let noteHashes: [String]

  /// - Parameter packets: all that may hold this program's marks.
  init(_ packets: [XMPTexts]) {
    markers = packets.compactMap(\.marker)
    noteHashes = packets.compactMap(\.noteHash)
  }

  mutating func add(_ packet: XMPTexts) {
    for text in packet.description { add(.description, text.text, language: text.language) }
    for text in packet.altText { add(.altText, text.text, language: text.language) }
    for other in packet.others { add(other.place, other.text.text, language: other.text.language) }
  }

  mutating func add(_ block: IPTCBlock) {
    if let caption = block.caption { add(.caption, caption) }
    for title in block.titles { add(.iptcTitle, title) }
    add(.iptcKeywords, block.keywords.joined(separator: ", "))
  }

  mutating func add(_ exif: ExifBlock) {
    let texts: [(PhotoDescription.Place, String?)] = [
      (.imageDescription, exif.imageDescription), (.userComment, exif.userComment),
      (.windowsComment, exif.windowsComment), (.windowsTitle, exif.windowsTitle),
      (.windowsSubject, exif.windowsSubject), (.windowsKeywords, exif.windowsKeywords),
    ]
    for (place, text) in texts { if let text { add(place, text) } }
  }

  mutating func add(_ place: PhotoDescription.Place, _ text: String, language: String = "") {
    let text = DescriptionText.cleaned(text)
    let isFree = place.field == .description || place.field == .title
    guard !text.isEmpty, !(isFree && Boilerplate.holds(text)) else { return }
    var author = PhotoDescription.Author.person
    if let marker = markers.first(where: { covers($0.textHash, text, at: place) }) {
      author = .machine(marker)
    }
    let isNote = author == .person && noteHashes.contains { covers($0, text, at: place) }
    all.append(
      PhotoDescription(
        place: place, language: language, text: text, author: author, isNote: isNote))
  }

  /// Whether a text is the one with that hash, or what of it fits into IPTC, which has no hash of its
  /// own.
  private func covers(_ hash: String, _ text: String, at place: PhotoDescription.Place) -> Bool {
    if DescriptionText.hash(text) == hash { return true }
    return place == .caption
      && all.contains {
        DescriptionText.hash($0.text) == hash && text == DescriptionText.truncatedForIPTC($0.text)
      }
  }
}
