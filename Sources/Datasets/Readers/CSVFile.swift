internal import Foundation

/// A table of captions: a heading that names the columns, and a caption a row.
struct CSVFile {
  let file: DatasetFile
  let separator: UInt8

  static let photoColumns = [
    "image", "image_name", "file_name", "filename", "file_path", "filepath", "path", "photo",
  ]
  static let captionColumns = ["caption", "text", "comment", "sentence", "raw"]
  private static let idColumns = ["id", "image_id", "imgid", "cocoid"]

  /// - Throws: `DatasetError.malformed`.
  func enter(into builder: inout DatasetBuilder, split: String?) throws {
    var heading: Heading?
    try CSVRows.forEachRow(of: file, separator: separator) { row in
      guard let columns = heading else {
        heading = try Heading(row, self)
        return
      }
      enter(row, columns, into: &builder, split: split)
    }
  }

  private func enter(
    _ row: CSVRows.Row, _ heading: Heading, into builder: inout DatasetBuilder, split: String?
  ) {
    let origin = DatasetOrigin(file: file.name, place: .line(row.line))
    var cells = row.cells
    if cells.count > heading.count, heading.caption == heading.count - 1 {
      // Only the caption can have separators in it that are not quoted.
      let mark = String(decoding: [separator], as: UTF8.self)
      cells[heading.caption...] = [cells[heading.caption...].joined(separator: mark)]
      builder.report(
        .brokenRow, at: origin,
        "the caption has separators and no quotes; read as one caption")
    } else if row.isBroken {
      builder.report(.brokenRow, at: origin, "text follows a closing quote; kept with the cell")
    }
    guard cells.count == heading.count else {
      builder.report(
        .brokenRow, at: origin,
        "it has \(cells.count) cells where the heading has \(heading.count); left out")
      return
    }
    // As “caption dataset export” writes them.
    if separator == UInt8(ascii: ",") { cells = cells.map(SpreadsheetCell.unguarded) }
    var number: Int64?
    if let column = heading.id, !cells[column].isEmpty {
      number = Int64(cells[column])
      if number == nil {
        builder.report(.brokenRow, at: origin, "its number is no integer; read without it")
      }
    }
    let entry = builder.entry(
      named: cells[heading.photo], externalID: number,
      split: split ?? DatasetSplit.canonical(heading.split.map { cells[$0] }), at: origin)
    guard let entry else { return }
    builder.add(cells[heading.caption], to: entry, at: origin)
  }

  private struct Heading {
    let count: Int
    let photo: Int
    let caption: Int
    let split: Int?
    let id: Int?

    init(_ row: CSVRows.Row, _ file: CSVFile) throws {
      let names = row.cells.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
      func column(_ wanted: [String]) -> Int? {
        wanted.lazy.compactMap { names.firstIndex(of: $0) }.first
      }
      guard let photo = column(CSVFile.photoColumns), let caption = column(CSVFile.captionColumns)
      else {
        throw DatasetError.malformed(
          path: file.file.name, place: .line(row.line),
          reason: "the heading has no column “image” or none “caption”, or they are separated "
            + "otherwise than by “\(String(decoding: [file.separator], as: UTF8.self))”")
      }
      count = names.count
      self.photo = photo
      self.caption = caption
      split = column(["split"])
      id = column(CSVFile.idColumns)
    }
  }
}
