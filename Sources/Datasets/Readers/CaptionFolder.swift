internal import PhotoFinding
internal import SystemPackage

/// A folder of photos with their captions beside them, one a line: for `photo.jpg` the first that
/// there is of `photo.jpg.caption`, `photo.jpg.txt`, `photo.caption` and `photo.txt`. Photos below a
/// folder `train`, `val` or `test` in it belong to that split.
struct CaptionFolder {
  let path: FilePath

  /// As kohya's training scripts call files of captions; where there are both, their `.txt` have tags
  /// (https://github.com/kohya-ss/sd-scripts, `--caption_extension`).
  private static let endings = [".caption", ".txt"]

  /// - Throws: `DatasetError` of the folder; files with captions that cannot be read are reported.
  func enter(into builder: inout DatasetBuilder, split: String?) throws {
    let photos = try path.files(NamePatterns())
    /// By the path that they have without their ending, in the order of the endings.
    var texts: [[UInt8]: [FilePath]] = [:]
    for ending in Self.endings {
      for text in try path.files(NamePatterns(including: ["*" + ending])) {
        texts[Array(text.relativePath.bytes.dropLast(ending.utf8.count)), default: []]
          .append(text.path)
      }
    }
    for photo in photos {
      let name = photo.relativePath
      let origin = DatasetOrigin(file: String(decoding: photo.path), place: .whole)
      let entry = builder.newEntry(
        DatasetEntry(
          name: String(decoding: name), externalID: nil, split: split ?? Self.split(of: name),
          path: photo.path, folder: nil, origin: origin))
      let stem = name.bytes.dropLast(1 + (name.extension ?? "").utf8.count)
      guard let entry,
        let found = texts.removeValue(forKey: name.bytes) ?? texts.removeValue(forKey: Array(stem)),
        let text = found.first
      else { continue }
      enter(text, into: &builder, entry)
      for other in found.dropFirst() {
        builder.report(
          .duplicateEntry, at: DatasetOrigin(file: String(decoding: other), place: .whole),
          "the captions of “\(String(decoding: name))” are in \(String(decoding: text)); left out")
      }
    }
    for text in texts.values.joined().map({ String(decoding: $0) }).sorted() {
      builder.report(
        .phantomEntry, at: DatasetOrigin(file: text, place: .whole),
        "there is no photo beside it; left out")
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
  fileprivate var bytes: [UInt8] {
    withPlatformString {
      UnsafeBufferPointer(start: $0, count: length).map { UInt8(bitPattern: $0) }
    }
  }
}
