/// Flickr8k's list of captions, `Flickr8k.token.txt`: `name.jpg#number`, a tab, and the caption.
struct Flickr8kFile {
  let file: DatasetFile

  /// - Throws: `DatasetError.malformed` for a line that is too long, and where the file is no text or
  ///   none of its rows has a number.
  func enter(into builder: inout DatasetBuilder, split: String?) throws {
    try file.refuseBinary()
    var (hasRows, hasNumbers) = (false, false)
    try file.forEachLine { number, line in
      guard !line.isEmpty else { return }
      hasRows = true
      let origin = DatasetOrigin(file: file.name, place: .line(number))
      guard let row = Row(line) else {
        builder.report(
          .brokenRow, at: origin,
          "it is not a name, “#”, a number, a tab and a caption; left out: \(quoted(line))")
        return
      }
      hasNumbers = hasNumbers || row.hasNumber
      if let fault = row.fault {
        builder.report(
          .brokenRow, at: origin,
          "\(fault); read as a caption of “\(row.name)”: "
            + quoted(row.caption))
      }
      guard let entry = builder.entry(named: row.name, split: split, of: row.caption, at: origin)
      else { return }
      builder.add(row.caption, to: entry, at: origin)
    }
    guard hasNumbers || !hasRows else {
      throw DatasetError.malformed(
        path: file.name, place: .whole, reason: "none of its rows has a “#number”")
    }
  }

  private struct Row {
    let name: String
    let caption: String
    let hasNumber: Bool
    /// What had to be repaired.
    let fault: String?

    init?(_ line: String) {
      if let tab = line.firstIndex(of: "\t") {
        let key = line[..<tab]
        caption = String(line[line.index(after: tab)...])
        if let mark = key.lastIndex(of: "#"), Self.isNumber(key[key.index(after: mark)...]) {
          name = String(key[..<mark])
          (hasNumber, fault) = (true, nil)
        } else {
          name = String(key)
          (hasNumber, fault) = (false, "the caption’s number is missing")
        }
        return
      }
      // A number that spaces instead of a tab follow.
      guard let mark = line.firstIndex(of: "#") else { return nil }
      let rest = line[line.index(after: mark)...]
      guard let space = rest.firstIndex(of: " "), Self.isNumber(rest[..<space]) else { return nil }
      name = String(line[..<mark])
      caption = String(rest[space...].drop { $0 == " " })
      (hasNumber, fault) = (true, "the tab is missing")
    }

    private static func isNumber(_ text: Substring) -> Bool {
      !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    }
  }
}
