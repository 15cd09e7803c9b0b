internal import Files
internal import Foundation
internal import GRDB
package import SystemPackage

/// What became of a damaged store.
package struct StoreRepair: Equatable, Sendable {
  /// How many paths were forgotten, as no file is there.
  package var forgottenFiles = 0
  /// How many rows were taken out of the store into `setAsideFile`.
  package var setAside = 0
  /// How many rows on which others hang have got a value in the place of one that could not be
  /// understood.
  package var mended = 0
  /// One JSON object a line: the table, what was wrong with the row, and all that stood in it.
  package var setAsideFile: FilePath?
  /// The store as it was, where a new one had to be made.
  package var damagedFile: FilePath?
  /// Tables of which not all could be read.
  package var incompleteTables: [String] = []
}

extension Store {
  /// Forgets files that have gone, sets rows aside that `check` finds fault with, and with them those
  /// that are nothing without them, and makes the index for full-text search anew. Captions stay.
  ///
  /// - Parameters:
  ///   - goneFiles: as `check` found them.
  ///   - isProtocol: as for `check`.
  /// - Throws: `StoreError`.
  package func repair(goneFiles: [FilePath], isProtocol: (String) -> Bool = { _ in true }) throws
    -> StoreRepair
  {
    var repair = StoreRepair()
    try StoreError.translating(path) {
      try database.writeWithoutTransaction { database in
        // What hangs on a row must not go with it unseen.
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        defer { try? database.execute(sql: "PRAGMA foreign_keys = ON") }
        try database.inTransaction(.immediate) {
          for path in goneFiles where FileEntry.isNothing(at: path) {
            try database.cachedStatement(sql: "DELETE FROM files WHERE path = ?")
              .execute(arguments: [path.data])
            repair.forgottenFiles += database.changesCount
          }
          let triggers = try database.dropTriggers()
          var aside = AsideFile(store: path)
          try database.setFaultyRowsAside(in: &aside, isProtocol)
          for sql in triggers { try database.execute(sql: sql) }
          try database.rebuildIndex()
          try aside.write()
          aside.enter(in: &repair)
          return .commit
        }
      }
    }
    return repair
  }

  /// Makes a new store of what can be read of a damaged one, or of one that somebody has altered. What
  /// cannot be understood is set aside as by `repair`; the store as it was stays beside the new one.
  ///
  /// - Parameters:
  ///   - path: of a store that no other program should be using.
  ///   - isProtocol: as for `check`.
  /// - Throws: `StoreError`; then all is as it was.
  package static func salvage(
    _ path: FilePath, isProtocol: (String) -> Bool = { _ in true }
  ) throws -> StoreRepair {
    let path = Store.place(of: path)
    return try StoreError.translating(path) {
      try withFolderLocked(of: path) {
        guard mayWrite(path) else { throw StoreError.readOnly(path: path) }
        return try Salvage(path).run(isProtocol)
      }
    }
  }
}

/// The rows that are taken out of a store, to be written beside it.
private struct AsideFile {
  /// In the form of the file.
  private var lines = Data()
  private var count = 0
  private var mended = 0
  private let file: FilePath

  init(store: FilePath) {
    file = FilePath(store.string + ".set-aside.ndjson")
  }

  func enter(in repair: inout StoreRepair) {
    (repair.setAside, repair.mended) = (count - mended, mended)
    repair.setAsideFile = count == 0 ? nil : file
  }

  private struct Line: Encodable {
    let table: String
    let reason: String
    let row: [String: JSONValue]
  }

  /// - Parameter isMended: whether the row stays in the store with other values.
  mutating func add(
    _ values: [DatabaseValue], of table: RowCheck.Table, reason: String, isMended: Bool = false
  ) throws {
    let row = zip(table.columns, values).map { column, value in
      (column.name, Self.value(value))
    }
    let line = Line(
      table: table.name, reason: reason, row: Dictionary(row) { first, _ in first })
    lines += Data(try json(line).utf8) + [UInt8(ascii: "\n")]
    count += 1
    if isMended { mended += 1 }
  }

  /// Numbers and texts as they are, bytes as `{"base64": …}`.
  private static func value(_ value: DatabaseValue) -> JSONValue {
    switch value.storage {
    case .null: .null
    case .int64(let integer): .integer(integer)
    case .double(let number): number.isFinite ? .number(number) : .string("\(number)")
    case .string(let text): .string(text)
    case .blob(let data): .object(["base64": .string(data.base64EncodedString())])
    }
  }

  /// - Throws: `StoreError.inputOutput`.
  func write() throws {
    guard count > 0 else { return }
    do {
      let descriptor = try FileDescriptor.open(
        file, .writeOnly, options: [.create, .append, .closeOnExec],
        permissions: .ownerReadWrite)
      try descriptor.closeAfter {
        try descriptor.writeAll(lines)
        guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
      }
    } catch let error as Errno {
      throw StoreError.inputOutput(path: file, reason: "rows cannot be set aside: \(error)")
    }
  }
}

extension Database {
  /// Takes rows out of the store that cannot be understood, and those that refer to what is not
  /// there, until none is left.
  ///
  /// - Precondition: foreign keys are not enforced, and there are no triggers.
  fileprivate func setFaultyRowsAside(
    in aside: inout AsideFile, _ isProtocol: (String) -> Bool
  ) throws {
    let check = try RowCheck()
    let tables = check.tables
    while true {
      for table in tables {
        for reference in table.references where reference.isOptional {
          let columns = reference.columns.map { "\($0.own) = NULL" }.joined(separator: ", ")
          try execute(
            sql: "UPDATE \(table.name) AS own SET \(columns) WHERE \(reference.isMissing)")
        }
      }
      let faults = try rowFaults(isProtocol)
      guard !faults.isEmpty else { return }
      for fault in faults {
        guard let table = tables.first(where: { $0.name == fault.table }) else { continue }
        try setAside(fault, of: table, check, in: &aside)
      }
    }
  }

  private func setAside(
    _ fault: RowFault, of table: RowCheck.Table, _ check: RowCheck, in aside: inout AsideFile
  ) throws {
    let row = try Row.fetchOne(
      self,
      sql: "SELECT \(table.columnList) FROM \(table.name) WHERE \(fault.key.condition(table))",
      arguments: fault.key.arguments)
    guard let row else { throw UnreadableValue.lost("\(fault)") }
    let values = Array(row.databaseValues)
    let isMended =
      try fault.isOfValue && check.isReferredTo(table) && mend(fault, of: table, values, check)
    try aside.add(values, of: table, reason: fault.reason, isMended: isMended)
    if isMended { return }
    try execute(
      sql: "DELETE FROM \(table.name) WHERE \(fault.key.condition(table))",
      arguments: fault.key.arguments)
  }
}

extension Database {
  /// Puts a value that says little in the place of the one that cannot be understood, so that what
  /// hangs on the row can stay.
  ///
  /// - Returns: whether that was enough.
  fileprivate func mend(
    _ fault: RowFault, of table: RowCheck.Table, _ values: [DatabaseValue], _ check: RowCheck
  ) throws -> Bool {
    let references = Set(
      table.references.filter { !$0.isOptional }.flatMap { $0.columns.map(\.own) })
    for (index, column) in table.columns.enumerated()
    where !table.key.contains(column.name) && !references.contains(column.name) {
      var changes = [index: DatabaseValue.null]
      if let substitute = column.substitute(for: fault.key) { changes[index] = substitute }
      // One is nothing without the other.
      if ["latitude", "longitude"].contains(column.name) {
        for (other, column) in table.columns.enumerated()
        where ["latitude", "longitude"].contains(column.name) { changes[other] = .null }
      }
      var mended = values
      for (index, value) in changes { mended[index] = value }
      guard try check.isSound(mended, fault.key, of: table, in: self) else { continue }
      let names = changes.map { "\(table.columns[$0.key].name) = ?" }.joined(separator: ", ")
      try execute(
        sql: "UPDATE \(table.name) SET \(names) WHERE \(fault.key.condition(table))",
        arguments: StatementArguments(changes.map(\.value)) + fault.key.arguments)
      return true
    }
    return false
  }
}

extension RowCheck.Table.Column {
  /// What stands for a value that was lost; nil where null does, or nothing can.
  fileprivate func substitute(for key: RowKey) -> DatabaseValue? {
    switch name {
    case "byte_count", "width", "height": 1.databaseValue
    case "captioned", "skipped", "failed": 0.databaseValue
    case "format": "unknown".databaseValue
    case "name": "lost \(key)".databaseValue
    case "configuration", "request": "{}".databaseValue
    case "options": #"{"lost":"\#(key)"}"#.databaseValue
    case "content_hash": ContentHash(of: Array("lost \(key)".utf8)).data.databaseValue
    case "labels": "[]".databaseValue
    case "added_at", "imported_at", "started_at", "forgotten_at":
      "1970-01-01T00:00:00.000Z".databaseValue
    default: nil
    }
  }
}

extension Database {
  /// Makes the index for full-text search anew, with this program's settings.
  fileprivate func rebuildIndex() throws {
    try execute(
      sql: """
        INSERT INTO caption_texts (caption_texts, rank) VALUES ('rank', 'bm25()');
        INSERT INTO caption_texts (caption_texts) VALUES ('rebuild')
        """)
  }
}

/// Carries rows out of a damaged file into a new one.
private struct Salvage {
  let path: FilePath
  private let partial: TemporaryFile
  private let tables: [RowCheck.Table]

  init(_ path: FilePath) throws {
    self.path = path
    partial = try TemporaryFile(for: path, permissions: .ownerReadWrite)
    tables = try RowCheck().tables
  }

  func run(_ isProtocol: (String) -> Bool) throws -> StoreRepair {
    var repair = StoreRepair()
    var aside = AsideFile(store: path)
    let (source, copy) = try Store.openForReading(path, isChecked: false)
    copy?.remove()
    let target = try DatabaseQueue(
      path: partial.path.string, configuration: Store.configurationWithoutLog)
    try Schema.migrator.migrate(target)
    try source.unsafeRead { source in
      // A transaction that has met a damaged page can be ended in this way only.
      try source.execute(sql: "BEGIN")
      defer { try? source.execute(sql: "ROLLBACK") }
      try target.writeWithoutTransaction { target in
        try target.execute(sql: "PRAGMA foreign_keys = OFF")
        try target.inTransaction(.immediate) {
          let triggers = try target.dropTriggers()
          var hasRows = false
          for table in tables {
            let isWhole = try carry(table, from: source, into: target, &aside) { hasRows = true }
            if !isWhole { repair.incompleteTables.append(table.name) }
          }
          // Stores of earlier versions called evaluations by their runs.
          try target.execute(sql: "UPDATE evaluations SET number = run_id WHERE number IS NULL")
          // An empty store in the place of a damaged one would be no help.
          guard hasRows || repair.incompleteTables.isEmpty else {
            throw UnreadableValue.lost("every row")
          }
          try target.setFaultyRowsAside(in: &aside, isProtocol)
          for sql in triggers { try target.execute(sql: sql) }
          try target.rebuildIndex()
          return .commit
        }
      }
    }
    try target.close()
    try source.close()
    try aside.write()
    aside.enter(in: &repair)
    repair.damagedFile = try putInPlace()
    return repair
  }

  /// - Parameter body: is called for each row that was read.
  /// - Returns: whether all rows could be read.
  private func carry(
    _ table: RowCheck.Table, from source: Database, into target: Database,
    _ aside: inout AsideFile, _ body: () -> Void
  ) throws -> Bool {
    // Those of an earlier version are fewer; what is no table may be a program.
    let there = try Set(
      String.fetchAll(
        source,
        sql: """
          SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 AND EXISTS (
            SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1
              AND sql NOT LIKE 'CREATE VIRTUAL%')
          """, arguments: [table.name]))
    let columns = table.columns.map(\.name).filter(there.contains)
    guard Set(table.key).isSubset(of: columns) else { return false }
    let list = columns.joined(separator: ", ")
    let insertion = try RowInsertion(table.name, columns, in: target)
    var seen: Set<[DatabaseValue]> = []
    let keyPlaces = columns.indices.filter { table.key.contains(columns[$0]) }
    func enter(_ row: Row) throws {
      let values = Array(row.databaseValues)
      guard seen.insert(keyPlaces.map { values[$0] }).inserted else { return }
      body()
      if let error = try insertion.error(entering: values) {
        let partOf = RowCheck.Table(
          name: table.name, columns: table.columns.filter { there.contains($0.name) },
          key: table.key, references: [])
        try aside.add(values, of: partOf, reason: error.message ?? "\(error.resultCode)")
      }
    }
    let order = table.key.joined(separator: ", ")
    let selection = "SELECT \(list) FROM main.\(table.name) NOT INDEXED"
    guard try !readAll(source, selection + " ORDER BY \(order)", enter) else { return true }
    let backwards = table.key.map { "\($0) DESC" }.joined(separator: ", ")
    _ = try readAll(source, selection + " ORDER BY \(backwards)", enter)
    // What lies between two damaged places is found by its number.
    if table.key == ["id"] {
      let numbers = seen.compactMap { Int64.fromDatabaseValue($0[0]) }.sorted()
      for (lower, upper) in zip(numbers, numbers.dropFirst()) where upper - lower > 1 {
        for id in (lower + 1)..<min(upper, lower + Self.longestGap) {
          _ = try readAll(source, selection + " WHERE id = \(id)", enter)
        }
      }
    }
    return false
  }

  /// So many numbers are tried in a gap.
  private static let longestGap: Int64 = 1_000_000

  /// - Returns: whether the file let all rows be read.
  private func readAll(_ source: Database, _ sql: String, _ body: (Row) throws -> Void) throws
    -> Bool
  {
    do {
      let rows = try Row.fetchCursor(source, sql: sql)
      while let row = try rows.next() { try body(row) }
      return true
    } catch let error as DatabaseError
      where [.SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_IOERR].contains(error.resultCode)
    {
      return false
    }
  }

  /// Sets the store as it was beside the new one.
  ///
  /// - Returns: where it is.
  private func putInPlace() throws -> FilePath {
    func failed() -> StoreError {
      .inputOutput(path: path, reason: systemReason(lastSystemError))
    }
    var damaged = FilePath(path.string + ".damaged")
    var number = 2
    while FileState(of: damaged) != nil {
      damaged = FilePath("\(path.string).damaged-\(number)")
      number += 1
    }
    foldLog()
    // What could not be folded goes with the file that it belongs to.
    for suffix in ["-wal", "-journal"] where FileState(of: FilePath(path.string + suffix)) != nil {
      guard rename(path.string + suffix, damaged.string + suffix) == 0 else { throw failed() }
    }
    unlink(path.string + "-shm")
    // The store is there at every moment, as it was or as it is.
    guard link(path.string, damaged.string) == 0 || rename(path.string, damaged.string) == 0
    else { throw failed() }
    try partial.takePlace()
    return damaged
  }

  /// Moves what is in the store's log into the store, as SQLite does when the last program ends, so
  /// that nothing hangs on two names that change one after the other.
  private func foldLog() {
    guard StoreCopy.isNeeded(for: path),
      let queue = try? DatabaseQueue(path: path.string, configuration: Store.configuration)
    else { return }
    _ = try? queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    try? queue.close()
  }
}
