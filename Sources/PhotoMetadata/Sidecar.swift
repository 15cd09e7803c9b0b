internal import Foundation
package import SystemPackage

/// Files beside a photo that say what can be seen in it.
package enum Sidecar {
  package enum Kind: String, CaseIterable, Sendable {
    /// The sentence.
    case text = "txt"
    /// Whatever the caller has to say.
    case json
    /// The properties that are also embedded in photos.
    case xmp
  }

  /// The photo's path with another extension behind it: photo.jpg.xmp.
  ///
  /// So do darktable and digiKam. Adobe's programs put the extension in place of the photo's, and
  /// with that IMG_1.JPG, IMG_1.HEIC and IMG_1.CR2, which telephones and cameras write side by side,
  /// would share a description.
  package static func path(for photo: FilePath, _ kind: Kind) -> FilePath {
    appending(kind.rawValue, to: photo)
  }

  private static func appending(_ suffix: String, to photo: FilePath) -> FilePath {
    var name = photo.withPlatformString { start in
      Array(UnsafeBufferPointer(start: start, count: photo.length))
    }
    name += ".\(suffix)\0".utf8.map { CInterop.PlatformChar(bitPattern: $0) }
    return name.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { FilePath(platformString: $0) } ?? photo
    }
  }

  /// Prepares a sentence and a newline beside a photo; nil where they are there already.
  ///
  /// - Parameter ours: Whether bytes at a path are those that this program wrote there last; it is
  ///   asked where there is other text.
  /// - Throws: `MetadataError.humanText`, `.emptyText`, and what reading throws.
  package static func text(
    _ text: String, for photo: FilePath, overwriteHuman: Bool = false,
    ours: (FilePath, [UInt8]) -> Bool
  ) throws(MetadataError) -> FileEdit? {
    let path = path(for: photo, .text)
    let text = DescriptionText.cleaned(text)
    guard !text.isEmpty else { throw .emptyText(path: path.string) }
    return try edit(path, Array("\(text)\n".utf8)) { existing in
      let existingText = DescriptionText.trimmed(decodedText(existing))
      let isOurs =
        overwriteHuman || existingText.isEmpty || existingText == text || ours(path, existing)
      return isOurs ? nil : existingText
    }
  }

  /// Prepares a JSON object beside a photo; nil where these bytes are there already.
  ///
  /// - Parameters:
  ///   - object: Should have the member "generator" with the value "caption", by which it is known
  ///     as this program's later.
  ///   - ours: As in `text`; asked where that member is not there.
  /// - Throws: `MetadataError.humanText`, and what reading throws.
  package static func json(
    _ object: [UInt8], for photo: FilePath, overwriteHuman: Bool = false,
    ours: (FilePath, [UInt8]) -> Bool
  ) throws(MetadataError) -> FileEdit? {
    let path = path(for: photo, .json)
    return try edit(path, object) { existing in
      let text = DescriptionText.trimmed(decodedText(existing))
      guard !overwriteHuman, !text.isEmpty else { return nil }
      return isGenerated(existing) || ours(path, existing) ? nil : text
    }
  }

  /// Prepares the properties of an embedded description in an XMP file beside a photo, in which all
  /// others stay; nil where they are there already.
  ///
  /// - Parameter elsewhere: Is asked for what stands in the photo, and in another file beside it,
  ///   where there is something to be written.
  /// - Throws: `MetadataError.humanText`, `.emptyText`, `.corrupt`, and what reading throws.
  package static func xmp(
    _ sentence: PhotoSentence, for photo: FilePath, overwriteHuman: Bool = false,
    elsewhere: (FilePath) -> [FileTexts] = { _ in [] }
  ) throws(MetadataError) -> FileEdit? {
    let path = path(for: photo, .xmp)
    let existing = try read(path)
    let packet = existing?.bytes ?? []
    return try naming(path) {
      let own = FileTexts(path: path.string, texts: texts(try XMPPacket.read(packet)))
      func edit(_ elsewhere: [FileTexts]) throws -> DescriptionEdit {
        try DescriptionEdit(
          sentence, packet: packet, own: own, elsewhere: elsewhere, overwriteHuman: overwriteHuman)
      }
      guard try edit([]).changesXMP else { return nil }
      let edit = try edit(elsewhere(path))
      guard edit.changesXMP else { return nil }
      return FileEdit(
        path, original: existing, bytes: file(try edit.element(), like: packet))
    }
  }

  /// What stands in the XMP files beside a photo: in photo.jpg.xmp and in photo.xmp, as Adobe's
  /// programs call it. What cannot be read is as if it were not there.
  ///
  /// - Parameter excluded: is passed by.
  package static func texts(
    beside photo: FilePath, except excluded: FilePath? = nil
  ) -> [FileTexts] {
    xmpPaths(for: photo).filter { $0 != excluded }.compactMap { path in
      guard let bytes = try? read(path)?.bytes, let packet = try? XMPPacket.read(bytes) else {
        return nil
      }
      return FileTexts(path: path.string, texts: texts(packet))
    }
  }

  /// All files beside a photo that may hold what this program wrote.
  package static func paths(for photo: FilePath) -> [(kind: Kind, path: FilePath)] {
    [(Kind.text, path(for: photo, .text)), (.json, path(for: photo, .json))]
      + xmpPaths(for: photo).map { (.xmp, $0) }
  }

  private static func xmpPaths(for photo: FilePath) -> [FilePath] {
    ["xmp", "XMP"].flatMap { suffix -> [FilePath] in
      var short = photo
      short.extension = suffix
      return [appending(suffix, to: photo), short]
    }
  }

  /// Prepares that a file of text or JSON is removed where it is this program's; nil where there is
  /// none.
  ///
  /// - Parameter ours: As in `text`.
  /// - Throws: what reading throws.
  package static func removing(
    _ path: FilePath, _ kind: Kind, ours: (FilePath, [UInt8]) -> Bool
  ) throws(MetadataError) -> FileEdit? {
    guard let existing = try read(path) else { return nil }
    let isOurs = kind == .json && isGenerated(existing.bytes) || ours(path, existing.bytes)
    return isOurs ? FileEdit(removing: path, existing) : nil
  }

  /// The bytes of an XMP file without what this program wrote, none at all where nothing is left;
  /// nil where it wrote nothing.
  ///
  /// - Throws: `MetadataError.corrupt`.
  static func stripped(
    _ bytes: [UInt8], at path: FilePath, notes: Bool
  ) throws(MetadataError) -> [UInt8]? {
    try naming(path) {
      guard let element = try DescriptionRemoval(bytes, notes: notes)?.element() else { return nil }
      return XMPPacket.isEmpty(element) ? [] : file(element, like: bytes)
    }
  }

  private static func texts(_ packet: XMPTexts) -> [PhotoDescription] {
    var texts = TextCollector([packet])
    texts.add(packet)
    return texts.all
  }

  /// The bytes of an XMP file: darktable writes no packet wrapper, most others do.
  private static func file(_ element: [UInt8], like existing: [UInt8]) -> [UInt8] {
    let isBare = !existing.isEmpty && !XMLEncoding.utf8(existing).contains("<?xpacket")
    let bytes =
      isBare
      ? Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8) + element
      : XMPPacket.wrapped(element, padding: 0)
    return bytes + [UInt8(ascii: "\n")]
  }

  private static func naming<Value>(
    _ path: FilePath, _ body: () throws -> Value
  ) throws(MetadataError) -> Value {
    do {
      return try body()
    } catch let failure as ShimFailure {
      throw .corrupt(path: path.string, format: "XMP", reason: failure.reason)
    } catch let error as MetadataError {
      throw error
    } catch {
      throw .corrupt(path: path.string, format: "XMP", reason: "\(error)")
    }
  }

  private static func isGenerated(_ bytes: [UInt8]) -> Bool {
    let members = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
    return members?["generator"] as? String == "caption"
  }

  /// - Parameter human: The text by a person in what is there, nil where it may be replaced.
  private static func edit(
    _ path: FilePath, _ bytes: [UInt8], human: ([UInt8]) -> String?
  ) throws(MetadataError) -> FileEdit? {
    let existing = try read(path)
    if let existing {
      guard existing.bytes != bytes else { return nil }
      if let text = human(existing.bytes) {
        throw .humanText(path: path.string, place: "text", text: text)
      }
    }
    return FileEdit(path, original: existing, bytes: bytes)
  }

  /// Nil where there is no file.
  private static func read(
    _ path: FilePath
  ) throws(MetadataError) -> (bytes: [UInt8], snapshot: FileSnapshot)? {
    do {
      return try FileReplacement.read(path)
    } catch .missing {
      return nil
    }
  }
}
