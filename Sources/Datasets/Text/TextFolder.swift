internal import Files
internal import PhotoFinding
internal import SystemPackage

/// A folder of text files, or of folders of these, whose names are the labels of the texts.
struct TextFolder {
  private let path: FilePath
  /// Those in the folder itself.
  private let files: [FilePath]
  /// Those in its folders, sorted by the folders' names.
  private let folders: [(name: String, files: [FilePath])]

  /// The folder of IMDB's reviews that nobody has labelled.
  private static let unlabelled = "unsup"

  /// - Throws: `DatasetError` also where there are folders in the folders: then this is one too far
  ///   up, or nobody can tell what is a label.
  init(path: FilePath) throws {
    self.path = path
    var files: [FilePath] = []
    var folders: [String: [FilePath]] = [:]
    for found in try path.files(NamePatterns(including: ["*.txt"])) {
      guard let folder = found.relativePath.components.first,
        case let depth = found.relativePath.components.count, depth > 1
      else {
        files.append(found.path)
        continue
      }
      guard depth == 2 else {
        throw DatasetError.malformed(
          path: String(decoding: path), place: .whole,
          reason: "its folder “\(folder)” has texts in folders of its own: "
            + "name the folder whose folders are the labels")
      }
      folders[String(decoding: folder), default: []].append(found.path)
    }
    self.files = Self.sorted(files)
    self.folders = folders.sorted { $0.key < $1.key }.map { ($0.key, Self.sorted($0.value)) }
  }

  var hasFolders: Bool { !folders.isEmpty }

  /// Reads the files of the folders, each a text.
  ///
  /// - Throws: `DatasetError` also where there are no folders with texts.
  func readFolders(into collector: inout TextCollector) throws {
    guard hasFolders else {
      throw DatasetError.malformed(
        path: String(decoding: path), place: .whole,
        reason: "there is no folder with text files (*.txt) in it")
    }
    for folder in folders where !(collector.needsLabels && folder.name == Self.unlabelled) {
      let label = ["pos": "positive", "neg": "negative"][folder.name] ?? folder.name
      for path in folder.files {
        guard let file = try Self.textFile(at: path, &collector) else { continue }
        let origin = DatasetOrigin(file: file.name, place: .whole)
        guard file.data.count <= DatasetFile.maximumLineBytes else {
          collector.report(
            .unreadableFile, at: origin,
            "it is longer than \(DatasetFile.maximumLineBytes >> 20) MiB; left out")
          continue
        }
        var text = String(decoding: file.data, as: UTF8.self)
        if text.last?.isNewline == true { text.removeLast() }
        collector.add(text, target: .label(label), at: origin)
      }
    }
  }

  /// Reads the files in the folder itself, each line a text.
  ///
  /// - Throws: `DatasetError`.
  func readLines(into collector: inout TextCollector) throws {
    for path in files {
      guard let file = try Self.textFile(at: path, &collector) else { continue }
      try TextLines(file: file).read(into: &collector, label: nil)
    }
  }

  /// A file of text; nil for another, which is reported, so that the others are read all the same.
  ///
  /// - Throws: `DatasetError` where it cannot be opened or read.
  private static func textFile(
    at path: FilePath, _ collector: inout TextCollector
  ) throws -> DatasetFile? {
    do {
      let file = try DatasetFile(textAt: path)
      collector.reportRepairs(of: file)
      return file
    } catch let error as DatasetError where error.kind == .badData {
      collector.report(
        .unreadableFile, at: DatasetOrigin(file: String(decoding: path), place: .whole),
        error.reason + "; left out")
      return nil
    }
  }

  private static func sorted(_ paths: [FilePath]) -> [FilePath] {
    paths.map { (name: $0.lastComponent.map { Array("\($0)".utf8) } ?? [], path: $0) }
      .sorted { isInNaturalOrder($0.name, $1.name) }
      .map(\.path)
  }
}

/// Whether a name stands before another where the numbers in them count as numbers, as `9_1.txt`
/// before `10_1.txt`.
private func isInNaturalOrder(_ one: [UInt8], _ other: [UInt8]) -> Bool {
  var (left, right) = (one[...], other[...])
  while let a = left.first, let b = right.first {
    let (first, second) = (digits(left), digits(right))
    if first.isEmpty || second.isEmpty {
      guard a == b else { return a < b }
      left.removeFirst()
      right.removeFirst()
      continue
    }
    let zero = UInt8(ascii: "0")
    let (low, high) = (first.drop { $0 == zero }, second.drop { $0 == zero })
    guard low.count == high.count else { return low.count < high.count }
    guard low.elementsEqual(high) else { return low.lexicographicallyPrecedes(high) }
    left = left.dropFirst(first.count)
    right = right.dropFirst(second.count)
  }
  if left.isEmpty, right.isEmpty { return one.lexicographicallyPrecedes(other) }
  return left.isEmpty
}

private func digits(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
}
