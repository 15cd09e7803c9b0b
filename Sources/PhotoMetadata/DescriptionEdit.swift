/// A description on its way into an XMP packet, in a photo or beside it.
struct DescriptionEdit {
  /// What of the text goes into IPTC.
  let caption: String
  private let packet: [UInt8]
  private let changes: [XMPChange]
  /// Whether the packet does not say all this already.
  let changesXMP: Bool

  /// - Parameters:
  ///   - packet: May be empty.
  ///   - own: What stands in the file that is written.
  ///   - elsewhere: What stands in the photo's other files.
  /// - Throws: `MetadataError.humanText`, `.emptyText`; `ShimFailure` if the packet is no XMP.
  init(
    _ sentence: PhotoSentence, packet: [UInt8], own: FileTexts, elsewhere: [FileTexts],
    overwriteHuman: Bool
  ) throws {
    guard !sentence.text.isEmpty else { throw MetadataError.emptyText(path: own.path) }
    let texts = try XMPPacket.read(packet)
    // A model's sentence gives way to a person's wherever that stands; a person's only to what it
    // would take the place of.
    let others = sentence.model == nil ? [own] : [own] + elsewhere
    func human(in field: PhotoDescription.Field) -> MetadataError? {
      overwriteHuman ? nil : others.lazy.compactMap { $0.human(in: field, before: sentence) }.first
    }
    if let error = human(in: .description) { throw error }
    let writesAltText = human(in: .altText) == nil
    let writer = Self.writer(sentence, texts, overwriteHuman: overwriteHuman)
    let hash = DescriptionText.hash(sentence.text)
    var changes = [
      XMPChange(field: .description, text: sentence.text),
      XMPChange(field: .model, text: sentence.model),
      XMPChange(field: .version, text: sentence.version),
      XMPChange(field: .textHash, text: hash),
    ]
    if writesAltText { changes.append(XMPChange(field: .altText, text: sentence.text)) }
    if writer != texts.captionWriter {
      changes.append(XMPChange(field: .captionWriter, text: writer))
    }
    self.packet = packet
    self.changes = changes
    caption = DescriptionText.truncatedForIPTC(sentence.text)
    func isRight(_ texts: [LanguageText]) -> Bool {
      texts.contains { $0.language == "x-default" && $0.text == sentence.text }
    }
    let marker = sentence.model.map {
      MachineMarker(model: $0, version: sentence.version, textHash: hash)
    }
    changesXMP =
      !isRight(texts.description) || writesAltText && !isRight(texts.altText)
      || texts.marker != marker || texts.noteHash != (marker == nil ? hash : nil)
      || writer != texts.captionWriter
  }

  /// The packet's x:xmpmeta element with the description in it.
  ///
  /// - Throws: `ShimFailure`.
  func element() throws(ShimFailure) -> [UInt8] { try XMPPacket.edited(packet, changes) }

  /// Who is to be named as the caption's writer: a name that a person put there stays.
  private static func writer(
    _ sentence: PhotoSentence, _ texts: XMPTexts, overwriteHuman: Bool
  ) -> String? {
    let isFree = texts.captionWriter.map(MachineMarker.isWriter) ?? true
    guard let model = sentence.model else { return isFree ? nil : texts.captionWriter }
    return isFree || overwriteHuman ? MachineMarker.writer(model: model) : texts.captionWriter
  }
}

extension FileTexts {
  /// The error that keeps a sentence out of a field: a person's text in it.
  fileprivate func human(
    in field: PhotoDescription.Field, before sentence: PhotoSentence
  ) -> MetadataError? {
    let text = texts.first { text in
      guard text.place.field == field, text.author == .person else { return false }
      guard sentence.model == nil else { return true }
      let isWritten = [.description, .altText, .caption].contains(text.place)
      let isSame =
        text.text == sentence.text
        || text.place == .caption && text.text == DescriptionText.truncatedForIPTC(sentence.text)
      return isWritten && !text.isNote && !isSame
    }
    return text.map { .humanText(path: path, place: $0.place.rawValue, text: $0.text) }
  }

  /// The error that keeps a model's sentence out of a file of its own.
  package func refuse() throws(MetadataError) {
    let text = texts.first { $0.place.field == .description && $0.author == .person }
    if let text { throw .humanText(path: path, place: text.place.rawValue, text: text.text) }
  }
}

/// This program's texts and marks on their way out of an XMP packet.
struct DescriptionRemoval {
  private let packet: [UInt8]
  private let changes: [XMPChange]

  /// Nil where there are none.
  ///
  /// - Parameter notes: Whether also those that a person had written.
  /// - Throws: `ShimFailure` if the packet is no XMP.
  init?(_ packet: [UInt8], notes: Bool) throws(ShimFailure) {
    let texts = try XMPPacket.read(packet)
    guard let hash = texts.marker?.textHash ?? (notes ? texts.noteHash : nil) else { return nil }
    func removal(_ field: XMPChange.Field, _ texts: [LanguageText]) -> [XMPChange] {
      texts.filter { DescriptionText.hash($0.text) == hash }.map {
        XMPChange(field: field, text: nil, old: $0.text)
      }
    }
    var changes = [.model, .version, .textHash].map { XMPChange(field: $0, text: nil) }
    changes += removal(.description, texts.description) + removal(.altText, texts.altText)
    if texts.captionWriter.map(MachineMarker.isWriter) == true {
      changes.append(XMPChange(field: .captionWriter, text: nil))
    }
    self.packet = packet
    self.changes = changes
  }

  /// The packet's x:xmpmeta element without them.
  ///
  /// - Throws: `ShimFailure`.
  func element() throws(ShimFailure) -> [UInt8] { try XMPPacket.edited(packet, changes) }
}
