package import Imaging

/// Descriptions inside of photos: XMP dc:description and Iptc4xmpCore:AltTextAccessibility, IPTC
/// Caption/Abstract in JPEG and PNG, and a marker that tells what this program wrote.
package enum EmbeddedDescription {
  /// A photo with a description in it.
  package struct Written: Equatable, Sendable {
    package let bytes: [UInt8]
    /// What was left out, and why.
    package var remark: MetadataError?
  }

  /// The bytes of a photo with a description in them. The compressed picture and all other metadata
  /// stay as they are; where the photo has this description already, so does everything.
  ///
  /// - Parameters:
  ///   - name: Stands for the path in errors.
  ///   - elsewhere: What stands beside the photo.
  ///   - overwriteHuman: Replaces also texts that a person wrote.
  ///   - breaksSignature: Writes also where content credentials become invalid by it.
  /// - Throws: `MetadataError.humanText`, `.emptyText`, `.corrupt`, `.unsupported`, `.noRoom`,
  ///   `.signed`, `.pinned`.
  package static func write(
    _ sentence: PhotoSentence, into bytes: [UInt8], format: ImageFormat, name: String,
    elsewhere: [FileTexts] = [], overwriteHuman: Bool = false, breaksSignature: Bool = false
  ) throws(MetadataError) -> Written {
    let file = format.photoFile(bytes)
    if let fault = file.fault { throw fault.named(name, format) }
    return try naming(name, format) {
      let blocks = file.blocks
      let own = FileTexts(path: name, texts: PhotoProperties(blocks).descriptions)
      let edit = try DescriptionEdit(
        sentence, packet: blocks.xmp ?? [], own: own, elsewhere: elsewhere,
        overwriteHuman: overwriteHuman)
      let iptc =
        type(of: file).holdsIPTC
        ? try IPTCEdit(edit, resources: blocks.photoshop ?? [], own: own, name: name) : nil
      guard edit.changesXMP || iptc?.resources != nil else { return Written(bytes: bytes) }
      guard breaksSignature || !isSigned(file, blocks) else {
        throw MetadataError.signed(path: name)
      }
      let new = try file.replacing(xmp: edit.element(), photoshop: iptc?.resources)
      try requireSamePicture(new, as: bytes)
      return Written(bytes: new, remark: iptc?.remark)
    }
  }

  /// The bytes of a photo without what this program wrote into them, nil where there is nothing.
  ///
  /// - Parameter notes: Takes out also what it wrote in a person's name.
  /// - Throws: `MetadataError.corrupt`, `.unsupported`, `.noRoom`, `.pinned`.
  package static func stripped(
    _ bytes: [UInt8], format: ImageFormat, name: String, notes: Bool = false
  ) throws(MetadataError) -> [UInt8]? {
    let file = format.photoFile(bytes)
    return try naming(name, format) {
      let blocks = file.blocks
      guard let packet = blocks.xmp, let removal = try DescriptionRemoval(packet, notes: notes)
      else { return nil }
      if let fault = file.fault { throw fault }
      let isOurs = PhotoProperties(blocks).descriptions.contains {
        $0.place == .caption && ($0.author != .person || notes && $0.isNote)
      }
      let resources =
        try isOurs && type(of: file).holdsIPTC
        ? blocks.photoshop.flatMap { try PhotoshopResources($0).replacingCaption(nil) } : nil
      let new = try file.replacing(xmp: removal.element(), photoshop: resources)
      try requireSamePicture(new, as: bytes)
      return new
    }
  }

  /// Proves from what is to be written that it shows what the file shows now: its picture is the same
  /// byte by byte, and the libraries open it as before. Decoding both would take long, and show no
  /// more: what is decoded is the same.
  private static func requireSamePicture(
    _ new: [UInt8], as old: [UInt8]
  ) throws(PhotoFileFault) {
    guard let before = PictureData(old) else {
      throw .unsupported("its picture cannot be told from the rest of it")
    }
    guard PictureData(new) == before else {
      throw .unsupported("its picture would not stay the same")
    }
    if let size = ImageDecoder.openedSize(of: old) {
      guard ImageDecoder.openedSize(of: new) == size else {
        throw .unsupported("other programs could not read it any more")
      }
    }
  }

  /// Content credentials in the file, or a note in its XMP that they are kept elsewhere (C2PA
  /// technical specification 2.1, 11.4).
  private static func isSigned(_ file: any PhotoFile, _ blocks: MetadataBlocks) -> Bool {
    file.isSigned
      || ([blocks.xmp ?? []] + blocks.furtherXMP).contains {
        $0.contains("http://purl.org/dc/terms/") && $0.contains(":provenance")
      }
  }

  private static func naming<Value>(
    _ name: String, _ format: ImageFormat, _ body: () throws -> Value
  ) throws(MetadataError) -> Value {
    do {
      return try body()
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

/// What becomes of the caption in IPTC.
private struct IPTCEdit {
  /// Nil where they stay as they are.
  var resources: [UInt8]?
  var remark: MetadataError?

  /// - Throws: `ShimFailure` where the resources are damaged.
  init(
    _ edit: DescriptionEdit, resources: [UInt8], own: FileTexts, name: String
  ) throws(ShimFailure) {
    let existing = try PhotoshopResources(resources)
    let caption = existing.iptc.caption.map(DescriptionText.cleaned)
    guard caption != edit.caption else { return }
    self.resources = existing.replacingCaption(edit.caption)
    guard self.resources == nil else { return }
    remark = .notInIPTC(path: name, reason: existing.iptc.refusal)
    // What was written there before would stand beside it as if a person had.
    let isOurs = own.texts.contains {
      $0.place == .caption && ($0.author != .person || $0.isNote)
    }
    if isOurs { self.resources = existing.replacingCaption(nil) }
  }
}
