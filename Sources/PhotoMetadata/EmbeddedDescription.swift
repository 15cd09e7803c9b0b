package import Imaging

/// Machine-made descriptions inside of photos: XMP dc:description and
/// Iptc4xmpCore:AltTextAccessibility, IPTC Caption/Abstract in JPEG and PNG, and a marker that names
/// the model.
package enum EmbeddedDescription {
  /// The bytes of a photo with a description in them. The compressed picture and all other metadata
  /// stay as they are; where the photo has this description already, so does everything.
  ///
  /// - Parameters:
  ///   - text: Is cleaned first, see `DescriptionText.cleaned`.
  ///   - model: The name of the model that made the text.
  ///   - version: That of this program.
  ///   - name: Stands for the path in errors.
  ///   - overwriteHuman: Replaces also texts that a person wrote.
  /// - Throws: `MetadataError.humanText`, `.emptyText`, `.corrupt`, `.unsupported`, `.noRoom`.
  package static func write(
    text: String, model: String, version: String, into bytes: [UInt8], format: ImageFormat,
    name: String, overwriteHuman: Bool = false
  ) throws(MetadataError) -> [UInt8] {
    let file = format.photoFile(bytes)
    let holdsIPTC = type(of: file).holdsIPTC
    if let fault = file.fault { throw fault.named(name, format) }
    let blocks = file.blocks
    do {
      let caption = try blocks.photoshop.flatMap { resources throws(ShimFailure) in
        try PhotoshopResources.caption(resources)
      }
      let edit = try DescriptionEdit(
        text: text, model: model, version: version, packet: blocks.xmp ?? [], caption: caption,
        imageDescription: blocks.exif.flatMap(ExifBlock.init)?.imageDescription, name: name,
        overwriteHuman: overwriteHuman)
      let isCaptionRight = caption.map(DescriptionText.cleaned) == edit.caption
      guard edit.changesXMP || holdsIPTC && !isCaptionRight else { return bytes }
      return try file.replacing(
        xmp: edit.element(),
        photoshop: holdsIPTC && !isCaptionRight
          ? PhotoshopResources.edited(blocks.photoshop ?? [], caption: edit.text) : nil)
    } catch let failure as ShimFailure {
      throw .corrupt(path: name, format: format.rawValue, reason: failure.reason)
    } catch let fault as PhotoFileFault {
      throw fault.named(name, format)
    } catch let error as MetadataError {
      throw error
    } catch {
      throw .corrupt(path: name, format: format.rawValue, reason: "\(error)")
    }
  }
}

/// A description on its way into an XMP packet, in a photo or beside it.
struct DescriptionEdit {
  /// Cleaned.
  let text: String
  /// What of it goes into IPTC.
  let caption: String
  private let marker: MachineMarker
  private let packet: [UInt8]
  private let writer: String?
  /// Whether the packet does not say all this already.
  let changesXMP: Bool

  /// - Parameters:
  ///   - packet: May be empty.
  ///   - caption: The caption in IPTC.
  ///   - imageDescription: That of EXIF.
  /// - Throws: `MetadataError.humanText`, `.emptyText`; `ShimFailure` if the packet is no XMP.
  init(
    text: String, model: String, version: String, packet: [UInt8], caption: String?,
    imageDescription: String?, name: String, overwriteHuman: Bool
  ) throws {
    let text = DescriptionText.cleaned(text)
    guard !text.isEmpty else { throw MetadataError.emptyText(path: name) }
    let texts = try XMPPacket.read(packet)
    if !overwriteHuman,
      let human = PhotoProperties.descriptions(
        xmp: texts, caption: caption, imageDescription: imageDescription
      ).first(where: { $0.author == .person })
    {
      throw MetadataError.humanText(path: name, place: human.place.rawValue, text: human.text)
    }
    let model = DescriptionText.cleaned(model)
    marker = MachineMarker(
      model: model, version: DescriptionText.cleaned(version), text: text)
    self.text = text
    self.packet = packet
    self.caption = DescriptionText.truncatedForIPTC(text)
    // A name that a person put there stays.
    let isWriterFree =
      overwriteHuman || texts.captionWriter.map(MachineMarker.isWriter) ?? true
    let writer = isWriterFree ? MachineMarker.writer(model: model) : nil
    self.writer = writer
    func isRight(_ texts: [LanguageText]) -> Bool {
      texts.contains { $0.language == "x-default" && $0.text == text }
    }
    changesXMP =
      !isRight(texts.description) || !isRight(texts.altText) || texts.marker != marker
      || writer != nil && texts.captionWriter != writer
  }

  /// The packet's x:xmpmeta element with the description in it.
  ///
  /// - Throws: `ShimFailure`.
  func element() throws(ShimFailure) -> [UInt8] {
    try XMPPacket.edited(packet, text: text, marker: marker, writer: writer)
  }
}
