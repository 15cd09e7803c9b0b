import ArgumentParser
import Datasets
import Foundation
import Sentiment
import SystemPackage

/// A table that is written again with what its texts feel like.
struct SentimentTable {
  let path: String
  let column: String
  let labeller: SentimentLabeller
  let keeper: SentimentKeeper?

  private static let columns = ["sentiment", "sentiment_probability"]
  /// The most that is held at once, in rows and in bytes of cells.
  private static let batch = (rows: 4_096, bytes: 8 << 20)

  /// - Parameter output: nil for standard output.
  /// - Returns: which rows have no result; cells without text do not count.
  /// - Throws: `DatasetError`, `FileError`, `StoreError`; `ValidationError` where the output is the
  ///   table itself.
  func write(to output: String?, isQuiet: Bool) throws -> TextFailures {
    let input = path == "-" ? FilePath("/dev/stdin") : FilePath(argument: path)
    let table = try TextTable(path: input, column: column)
    for name in Self.columns where table.heading.contains(name) {
      throw FileError.malformed(path: path, reason: "it has a column “\(name)” already")
    }
    if let output, Self.isSameFile(input, FilePath(argument: output)) {
      throw ValidationError("\(output): --output is the table that is read.")
    }
    let file = try ResultFile(path: output)
    func write(_ cells: [String]) throws { try file.write(line(cells, table.separator)) }
    try write(table.heading + Self.columns)
    var failures = TextFailures()
    var blanks = 0
    var isAtEnd = false
    while !isAtEnd {
      var rows: [TextTable.Row] = []
      var bytes = 0
      while rows.count < Self.batch.rows, bytes < Self.batch.bytes {
        guard let row = try table.next() else {
          isAtEnd = true
          break
        }
        bytes += row.cells.reduce(0) { $0 + $1.utf8.count }
        rows.append(row)
      }
      let results = try labeller.classify(rows.map(\.text), explains: false)
      for (row, result) in zip(rows, results) {
        switch result {
        case .success(let text):
          try write(row.cells + [text.label, String(format: "%.4f", text.probability)])
        case .failure(let error):
          if error == .empty {
            blanks += 1
          } else {
            failures.add("\(path): line \(row.line): ", "\(error)")
          }
          try write(row.cells + ["", ""])
        }
      }
      try keeper?.keep(results.compactMap { try? $0.get() })
    }
    try file.finish()
    if blanks > 0, !isQuiet {
      note(
        "\(path): \(blanks) row\(blanks == 1 ? " has" : "s have") no text, and no sentiment")
    }
    return failures
  }

  /// Tables with tabs between their columns know no quotes.
  private func line(_ cells: [String], _ separator: UInt8) -> String {
    let mark = String(decoding: [separator], as: UTF8.self)
    return mark == "\t" ? cells.joined(separator: mark) + "\n" : csvLine(cells, separator: mark)
  }

  private static func isSameFile(_ one: FilePath, _ other: FilePath) -> Bool {
    func identity(_ path: FilePath) -> [UInt64]? {
      var status = stat()
      guard path.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
      // Devices and pipes may be both.
      guard status.st_mode & S_IFMT == S_IFREG else { return nil }
      return [UInt64(status.st_dev), UInt64(status.st_ino)]
    }
    return identity(one) != nil && identity(one) == identity(other)
  }
}
