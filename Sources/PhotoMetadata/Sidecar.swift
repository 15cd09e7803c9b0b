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
    var name = photo.withPlatformString { start in
      Array(UnsafeBufferPointer(start: start, count: photo.length))
    }
    name += ".\(kind.rawValue)\0".utf8.map { CInterop.PlatformChar(bitPattern: $0) }
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
      let members = try? JSONSerialization.jsonObject(with: Data(existing)) as? [String: Any]
      let isOurs = members?["generator"] as? String == "caption" || ours(path, existing)
      return isOurs ? nil : text
    }
  }

  /// Prepares the properties of an embedded description in an XMP file beside a photo, in which all
  /// others stay; nil where they are there already.
  ///
  /// - Throws: `MetadataError.humanText`, `.emptyText`, `.corrupt`, and what reading throws.
  package static func xmp(
    text: String, model: String, version: String, for photo: FilePath, overwriteHuman: Bool = false
  ) throws(MetadataError) -> FileEdit? {
    let path = path(for: photo, .xmp)
    let existing = try read(path)
    do {
      let edit = try DescriptionEdit(
        text: text, model: model, version: version, packet: existing?.bytes ?? [], caption: nil,
        imageDescription: nil, name: path.string, overwriteHuman: overwriteHuman)
      guard edit.changesXMP else { return nil }
      let element = try edit.element()
      // darktable writes no packet wrapper, most others do.
      let isBare = existing.map { !$0.bytes.contains("<?xpacket") } ?? false
      let bytes =
        isBare
        ? Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8) + element
        : XMPPacket.wrapped(element, padding: 0)
      return FileEdit(path, original: existing, bytes: bytes + [UInt8(ascii: "\n")])
    } catch let failure as ShimFailure {
      throw .corrupt(path: path.string, format: "XMP", reason: failure.reason)
    } catch let error as MetadataError {
      throw error
    } catch {
      throw .corrupt(path: path.string, format: "XMP", reason: "\(error)")
    }
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
