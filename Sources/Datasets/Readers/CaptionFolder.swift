internal import PhotoFinding
internal import SystemPackage

/// A folder of photos with their captions beside them, one a line: `photo.jpg` and `photo.jpg.txt`
/// or `photo.txt`. Photos below a folder `train`, `val` or `test` in it belong to that split.
struct CaptionFolder {
  let path: FilePath

  /// - Throws: `DatasetError`, of the folder and of files with captions.
  func enter(into builder: inout DatasetBuilder, split: String?) throws {
    let photos = try path.files(NamePatterns())
    var texts: [[UInt8]: FilePath] = [:]
    for text in try path.files(NamePatterns(including: ["*.txt"])) {
      texts[Array(text.relativePath.bytes.dropLast(".txt".utf8.count))] = text.path
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
        let text = texts.removeValue(forKey: name.bytes) ?? texts.removeValue(forKey: Array(stem))
      else { continue }
      let file = try DatasetFile(path: text)
      try file.forEachLine { number, line in
        guard !line.allSatisfy(\.isWhitespace) else { return }
        builder.add(line, to: entry, at: DatasetOrigin(file: file.name, place: .line(number)))
      }
    }
    for text in texts.values.map({ String(decoding: $0) }).sorted() {
      builder.report(
        .phantomEntry, at: DatasetOrigin(file: text, place: .whole),
        "there is no photo beside it; left out")
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
