/// Flickr30k's list of captions, `results.csv`: `image_name| comment_number| comment`.
struct Flickr30kFile {
  let file: DatasetFile

  /// - Throws: `DatasetError.malformed` for a line that is too long.
  func enter(into builder: inout DatasetBuilder, split: String?) throws {
    try file.forEachLine { number, line in
      guard !line.isEmpty, !(number == 1 && line.hasPrefix("image_name")) else { return }
      let origin = DatasetOrigin(file: file.name, place: .line(number))
      guard let row = Row(line) else {
        builder.report(
          .brokenRow, at: origin,
          "it is not a name, a number and a caption with “|” between; left out: \(quoted(line))")
        return
      }
      if row.isRepaired {
        builder.report(
          .brokenRow, at: origin,
          "the second “|” is missing; read as a caption of “\(row.name)”: "
            + quoted(row.caption))
      }
      guard let entry = builder.entry(named: row.name, split: split, of: row.caption, at: origin)
      else { return }
      builder.add(row.caption, to: entry, at: origin)
    }
  }

  private struct Row {
    let name: String
    let caption: String
    let isRepaired: Bool

    init?(_ line: String) {
      let cells = line.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
      guard cells.count >= 2 else { return nil }
      let number = cells[1].drop { $0 == " " }.prefix { ("0"..."9").contains($0) }
      guard !number.isEmpty else { return nil }
      let rest = cells[1][number.endIndex...]
      name = String(cells[0])
      if cells.count == 3 {
        guard rest.allSatisfy({ $0 == " " }) else { return nil }
        caption = String(cells[2].hasPrefix(" ") ? cells[2].dropFirst() : cells[2])
        isRepaired = false
      } else {
        // As line 19999 is: “2199200615.jpg| 4   A dog runs across the grass .”
        guard rest.first == " " else { return nil }
        caption = String(rest.drop { $0 == " " })
        isRepaired = true
      }
    }
  }
}
