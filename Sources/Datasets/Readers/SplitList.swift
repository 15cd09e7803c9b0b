package import Foundation
internal import SystemPackage

/// A list of the photos of a split, one a line, as Flickr8k's `Flickr_8k.trainImages.txt`.
package struct SplitList: Sendable {
  let file: String
  let rows: [(line: Int, name: String)]
  /// Where the file was not UTF-8.
  let repairs: [DatasetProblem]

  /// - Throws: `DatasetError`.
  init(path: FilePath) throws { try self.init(DatasetFile(repairing: path)) }

  /// - Parameter name: what the file is called in errors.
  /// - Throws: `DatasetError`.
  package init(data: Data, name: String) throws {
    try self.init(DatasetFile(repairing: data, name: name))
  }

  private init(_ file: DatasetFile) throws {
    self.file = file.name
    var rows: [(line: Int, name: String)] = []
    try file.forEachLine { number, line in
      let name = line.trimmingCharacters(in: .whitespaces)
      if !name.isEmpty { rows.append((number, name)) }
    }
    self.rows = rows
    repairs = file.repairs
  }
}

extension DatasetContents {
  /// Parts the photos as the lists say; those that are in none become `DatasetSplit.unlisted`.
  mutating func part(by lists: [(split: String, list: SplitList)]) {
    guard !lists.isEmpty else { return }
    var indices: [String: Int] = [:]
    for (index, entry) in entries.enumerated() { indices[entry.name] = index }
    var origins = [DatasetOrigin?](repeating: nil, count: entries.count)
    for (split, list) in lists {
      problems += list.repairs
      for (line, name) in list.rows {
        let origin = DatasetOrigin(file: list.file, place: .line(line))
        guard let index = indices[name] else {
          problems.append(
            DatasetProblem(.phantomEntry, at: origin, "“\(name)” has no captions; left out"))
          continue
        }
        if let earlier = origins[index] {
          problems.append(
            DatasetProblem(
              .duplicateEntry, at: origin, "“\(name)” is listed in \(earlier); left out here"))
          continue
        }
        origins[index] = origin
        entries[index].split = split
      }
    }
    for index in entries.indices where origins[index] == nil {
      entries[index].split = DatasetSplit.unlisted
      problems.append(
        DatasetProblem(
          .unlistedPhoto, at: entries[index].origin,
          "“\(entries[index].name)” is in no list; kept as “\(DatasetSplit.unlisted)”"))
    }
  }
}
