internal import Foundation

/// A table of captions: a heading that names the columns, and a row for each caption or, where the
/// cell is a list, for each photo.
struct CSVFile {
  let file: DatasetFile
  let separator: UInt8

  private var mark: String { String(decoding: [separator], as: UTF8.self) }

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
    if cells.count > heading.count, let caption = heading.captions.first,
      heading.captions == [heading.count - 1]
    {
      // Only the caption can have separators in it that are not quoted.
      cells[caption...] = [cells[caption...].joined(separator: mark)]
      builder.report(
        .brokenRow, at: origin,
        "the caption has separators and no quotes; read as one caption: "
          + quoted(cells[caption]))
    } else if row.isBroken {
      builder.report(.brokenRow, at: origin, "text follows a closing quote; kept with the cell")
    }
    if cells.count != heading.count {
      let fault =
        "it has \(cells.count) \(cells.count == 1 ? "cell" : "cells") where the heading has "
        + "\(heading.count)"
      guard cells.count < heading.count, cells.count > heading.lastNeeded else {
        builder.report(
          .brokenRow, at: origin, "\(fault); left out: \(quoted(cells.joined(separator: mark)))")
        return
      }
      builder.report(.brokenRow, at: origin, "\(fault); read without the last ones")
      cells += Array(repeating: "", count: heading.count - cells.count)
    }
    // As “caption dataset export” writes them.
    if separator == UInt8(ascii: ",") { cells = cells.map(SpreadsheetCell.unguarded) }
    var number: Int64?
    if let column = heading.id, !cells[column].isEmpty {
      number = CaptionColumns.number(in: cells[column])
      if number == nil {
        builder.report(.brokenRow, at: origin, "its number is no integer; read without it")
      }
    }
    let entry = builder.entry(
      named: cells[heading.photo], externalID: number,
      split: split ?? DatasetSplit.canonical(heading.split.map { cells[$0] }),
      of: heading.captions.map { cells[$0] }.first { !$0.isEmpty }, at: origin)
    guard let entry else { return }
    for column in heading.captions where heading.captions.count == 1 || !cells[column].isEmpty {
      builder.add(captionsIn: cells[column], to: entry, at: origin)
    }
  }

  private struct Heading {
    let count: Int
    let photo: Int
    /// More than one where they are numbered, or of the same name.
    let captions: [Int]
    /// The last column that no row can be without.
    var lastNeeded: Int { max(photo, captions.max() ?? 0) }
    let split: Int?
    let id: Int?

    init(_ row: CSVRows.Row, _ file: CSVFile) throws {
      let names = row.cells.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
      func column(_ wanted: [String]) -> Int? {
        wanted.lazy.compactMap { names.firstIndex(of: $0) }.first
      }
      guard let photo = column(CaptionColumns.photos),
        case let captions = CaptionColumns.captions(in: names), !captions.isEmpty
      else {
        throw DatasetError.noColumns(
          path: file.file.name, line: row.line, separator: "\(file.mark)")
      }
      count = names.count
      self.photo = photo
      self.captions = captions
      split = column([CaptionColumns.split])
      id = column(CaptionColumns.numbers)
    }
  }
}
