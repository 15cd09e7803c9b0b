package import Foundation
package import SystemPackage

package enum DatasetFormat: String, CaseIterable, Sendable {
  case coco, karpathy, flickr8k, flickr30k, csv, jsonl, folder
}

/// What to read a dataset from.
package struct DatasetRequest: Sendable {
  /// A file or folder.
  package struct Source: Sendable {
    package let path: FilePath
    /// Which split it holds; nil where it says itself. With Flickr's formats a source with a split
    /// is a list of that split's photos.
    package let split: String?

    package init(path: FilePath, split: String? = nil) {
      self.path = path
      self.split = DatasetSplit.canonical(split)
    }
  }

  package let format: DatasetFormat
  package let sources: [Source]
  /// Where the photos lie; if none are given, where the sources do and in `images` and `Images`
  /// beside them.
  package var photoFolders: [FilePath] = []
  /// Of photos of which nothing else is said.
  package var split = DatasetSplit.whole
  /// Between the columns of `csv`.
  package var separator = UInt8(ascii: ",")

  package init(format: DatasetFormat, sources: [Source]) {
    self.format = format
    self.sources = sources
  }

  /// Reads all sources and looks for the photos.
  ///
  /// - Throws: `DatasetError`.
  package func read() throws -> DatasetContents {
    let hasLists = [.flickr8k, .flickr30k].contains(format)
    let sources = format == .flickr8k ? try flickr8kSources() : self.sources
    var builder = DatasetBuilder()
    for source in sources where !hasLists || source.split == nil {
      if format == .folder {
        try CaptionFolder(path: source.path).enter(into: &builder, split: source.split)
      } else {
        try builder.enter(
          DatasetFile(repairing: source.path), format: format, separator: separator,
          split: source.split)
      }
    }
    var contents = builder.finished()
    guard !contents.entries.isEmpty else {
      let marked = contents.problems.first {
        [.precannedCaption, .rejectedCaption].contains($0.kind)
      }
      let first = contents.problems.first {
        $0.kind.severity > .remark && $0.kind != .otherEncoding
          && ($0.kind != .uncaptionedPhoto || marked == nil)
      }
      if let marked, first == nil {
        throw DatasetError.malformed(
          path: marked.origin.file, place: .whole,
          reason: "all its captions are marked as precanned or rejected, and none of them counts")
      }
      if let first {
        throw DatasetError.malformed(
          path: first.origin.file, place: first.origin.place,
          reason: "\(first.detail); there are no captions besides")
      }
      throw DatasetError.malformed(
        path: sources.map { String(decoding: $0.path) }.joined(separator: ", "), place: .whole,
        reason: "there are no captions in it")
    }
    if hasLists {
      contents.part(
        by: try sources.compactMap { source in
          try source.split.map { ($0, try SplitList(path: source.path)) }
        })
    }
    for index in contents.entries.indices where contents.entries[index].split == nil {
      contents.entries[index].split = split
    }
    findPhotos(of: &contents)
    return contents
  }

  /// Flickr8k's folder stands for its files, and its captions alone for the lists beside them, too.
  private func flickr8kSources() throws -> [Source] {
    guard sources.count == 1, let source = sources.first, source.split == nil else {
      return sources
    }
    let names = ["Flickr8k.token.txt", "Flickr8k.lemma.token.txt"]
    let inFolder = names.map { source.path.appending($0) }.first(where: isThere)
    let captions = inFolder ?? source.path
    let folder = captions.removingLastComponent()
    let lists = ["train", "dev", "test"].map { (split: String) in
      Source(path: folder.appending("Flickr_8k.\(split)Images.txt"), split: split)
    }
    return [Source(path: captions)] + lists.filter { isThere($0.path) }
  }

  private func isThere(_ path: FilePath) -> Bool {
    FileManager.default.fileExists(atPath: path.string)
  }

  private func findPhotos(of contents: inout DatasetContents) {
    let parents = sources.map {
      format == .folder ? $0.path : $0.path.removingLastComponent()
    }
    let beside = parents.flatMap { [$0, $0.appending("images"), $0.appending("Images")] }
    var index = PhotoIndex(
      photoFolders.isEmpty ? beside : photoFolders, looksEverywhere: !photoFolders.isEmpty)
    for number in contents.entries.indices where contents.entries[number].path == nil {
      let entry = contents.entries[number]
      switch index.find(entry) {
      case .found(let path): contents.entries[number].path = path
      case .missing:
        contents.problems.append(
          DatasetProblem(
            .missingPhoto, at: entry.origin, "there is no file of the photo “\(entry.name)”"))
      case .ambiguous(let count):
        contents.problems.append(
          DatasetProblem(
            .missingPhoto, at: entry.origin,
            "there are \(count) files called as “\(entry.name)”, in different folders"))
      }
    }
  }
}

extension DatasetContents {
  /// What a single file says, without its photos being looked for.
  ///
  /// - Parameter name: what the file is called in errors.
  /// - Precondition: the format is not `folder`.
  /// - Throws: `DatasetError`.
  package init(
    data: Data, name: String, format: DatasetFormat, separator: UInt8 = UInt8(ascii: ",")
  ) throws {
    var builder = DatasetBuilder()
    try builder.enter(
      DatasetFile(repairing: data, name: name), format: format, separator: separator, split: nil)
    self = builder.finished()
  }
}

extension DatasetBuilder {
  fileprivate mutating func enter(
    _ file: DatasetFile, format: DatasetFormat, separator: UInt8, split: String?
  ) throws {
    reportRepairs(of: file)
    switch format {
    case .coco: try COCOContents(file).enter(into: &self, file: file.name, split: split)
    case .karpathy:
      try file.decodeJSON(KarpathyFile.self).enter(into: &self, file: file.name, split: split)
    case .flickr8k: try Flickr8kFile(file: file).enter(into: &self, split: split)
    case .flickr30k: try Flickr30kFile(file: file).enter(into: &self, split: split)
    case .csv:
      try CSVFile(file: file, separator: file.separatorLine?.separator ?? separator)
        .enter(into: &self, split: split)
    case .jsonl: try CaptionObjects(file: file).enter(into: &self, split: split)
    case .folder: preconditionFailure("a folder is not one file")
    }
  }
}
