internal import Files
internal import PhotoFinding
internal import SystemPackage

/// A folder of photos with their captions beside them, one a line: for `photo.jpg` the first that
/// gives any of `photo.jpg.caption`, `photo.caption`, `photo.jpg.txt` and `photo.txt`. Photos below a
/// folder `train`, `val` or `test` in it belong to that split.
struct CaptionFolder {
  let path: FilePath

  /// As kohya's training scripts call files of captions; where there are both, their `.txt` have tags
  /// (https://github.com/kohya-ss/sd-scripts, `--caption_extension`).
  private static let endings = [".caption", ".txt"]

  /// - Throws: `DatasetError` of the folder; files with captions that cannot be read are reported.
  func enter(into builder: inout DatasetBuilder, split: String?) throws {
    let photos = try path.files(NamePatterns())
    /// By the path that they have without their ending, with the place of that among the endings.
    var texts: [[UInt8]: [(ending: Int, path: FilePath)]] = [:]
    for (index, ending) in Self.endings.enumerated() {
      for text in try path.files(NamePatterns(including: ["*" + ending])) {
        texts[Array(text.relativePath.bytes.dropLast(ending.utf8.count)), default: []]
          .append((index, text.path))
      }
    }
    /// What photos without files of their whole name are called without their ending: theirs are the
    /// files of that name, and no other photo's.
    let stems = Set(
      photos.map(\.relativePath).filter { texts[$0.bytes] == nil }.map { $0.stemBytes })
    for photo in photos {
      let name = photo.relativePath
      let origin = DatasetOrigin(file: String(decoding: photo.path), place: .whole)
      let entry = builder.newEntry(
        DatasetEntry(
          name: String(decoding: name), externalID: nil, split: split ?? Self.split(of: name),
          path: photo.path, folder: nil, origin: origin))
      guard let entry else { continue }
      let own = texts.removeValue(forKey: name.bytes)
      let shared =
        own == nil || !stems.contains(name.stemBytes)
        ? texts.removeValue(forKey: name.stemBytes) : nil
      let found = (own ?? []) + (shared ?? [])
      enter(
        Self.endings.indices.flatMap { index in found.filter { $0.ending == index }.map(\.path) },
        into: &builder, entry, String(decoding: name))
    }
    for text in texts.values.joined().map({ String(decoding: $0.path) }).sorted() {
      builder.report(
        .phantomEntry, at: DatasetOrigin(file: text, place: .whole),
        "there is no photo beside it; left out")
    }
  }

  /// Enters the captions of the first of a photo's files that gives any.
  private func enter(
    _ texts: [FilePath], into builder: inout DatasetBuilder, _ entry: Int, _ photo: String
  ) {
    for (index, text) in texts.enumerated() {
      enter(text, into: &builder, entry)
      let rest = texts[(index + 1)...]
      if builder.hasCaptions(entry) {
        for other in rest {
          builder.report(
            .duplicateEntry, at: DatasetOrigin(file: String(decoding: other), place: .whole),
            "the captions of “\(photo)” are in \(String(decoding: text)); left out")
        }
        return
      }
      if let next = rest.first {
        builder.report(
          .blankCaption, at: DatasetOrigin(file: String(decoding: text), place: .whole),
          "it gives no captions of “\(photo)”; \(String(decoding: next)) is read instead")
      }
    }
  }

  private func enter(_ text: FilePath, into builder: inout DatasetBuilder, _ entry: Int) {
    do {
      let file = try DatasetFile(repairing: text)
      try file.refuseBinary()
      builder.reportRepairs(of: file)
      try file.forEachLine { number, line in
        guard !line.allSatisfy(\.isWhitespace) else { return }
        builder.add(line, to: entry, at: DatasetOrigin(file: file.name, place: .line(number)))
      }
    } catch {
      builder.report(
        .unreadableFile, at: DatasetOrigin(file: String(decoding: text), place: .whole),
        "\((error as? DatasetError)?.reason ?? "\(error)"); left out")
    }
  }

  private static func split(of photo: FilePath) -> String? {
    guard photo.components.count > 1, let folder = photo.components.first else { return nil }
    let split = DatasetSplit.canonical(String(decoding: folder))
    return ["train", "val", "test"].contains(split) ? split : nil
  }
}

extension FilePath {
  /// Without the ending and the dot before it.
  fileprivate var stemBytes: [UInt8] {
    let ending = self.extension.map { 1 + $0.utf8.count } ?? 0
    return Array(bytes.dropLast(ending))
  }

  fileprivate var bytes: [UInt8] {
    withPlatformString {
      UnsafeBufferPointer(start: $0, count: length).map { UInt8(bitPattern: $0) }
    }
  }
}
