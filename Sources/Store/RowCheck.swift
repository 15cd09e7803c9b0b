internal import Foundation
internal import GRDB
internal import SystemPackage
internal import Tensors

/// A row that breaks a rule of the schema, or that nobody could read.
struct RowFault: CustomStringConvertible {
  let table: String
  let key: RowKey
  /// Part of a sentence.
  let reason: String
  /// Whether another value in the row could mend it: not where it refers to what is not there.
  var isOfValue = true

  var description: String { "\(table), row \(key): \(reason)" }
}

/// What a row is found by: the values of its primary key, in the order of the table's columns.
struct RowKey: Hashable, CustomStringConvertible {
  /// Texts as bytes: where they are no UTF-8, nothing is found by what is read of them.
  private let values: [DatabaseValue]
  private let areTexts: [Bool]

  /// - Parameter row: of `RowCheck.Table.keySelection`, from that column on.
  init(_ row: Row, from start: Int, of table: RowCheck.Table) {
    let texts: [DatabaseValue] = table.key.indices.map { row[start + 2 * $0 + 1] }
    areTexts = texts.map { !$0.isNull }
    values = zip(table.key.indices, texts).map { $1.isNull ? row[start + 2 * $0] : $1 }
  }

  /// SQL that tells of a row of a table.
  func condition(_ table: RowCheck.Table) -> String {
    zip(table.key, areTexts).map { column, isText in
      isText
        ? "typeof(\(column)) = 'text' AND CAST(\(column) AS BLOB) = ?" : "\(column) IS ?"
    }.joined(separator: " AND ")
  }

  /// Of `condition`.
  var arguments: StatementArguments { StatementArguments(values) }

  var description: String {
    let parts = values.map { value in
      guard case .blob(let data) = value.storage else { return value.description }
      // A path, or a hash.
      guard let text = String(validating: data, as: UTF8.self), text.hasPrefix("/") else {
        return data.prefix(8).map { String(format: "%02x", $0) }.joined()
      }
      return "“\(text)”"
    }
    return parts.joined(separator: ", ")
  }
}

/// Looks at rows of a store one by one: the database's own check tells no row, looks into no JSON,
/// and where it may only read, it leaves the schema's conditions out.
///
/// The conditions are not written down a second time: each row is entered in an empty store, which
/// refuses what it must. Whether rows that are referred to are there is looked up.
struct RowCheck {
  /// An empty store without triggers.
  private let model: DatabaseQueue
  /// All tables, in the order in which they were made.
  let tables: [Table]

  /// A table and what the schema says of it.
  struct Table {
    struct Column {
      let name: String
      let type: String
    }

    struct Reference {
      let parent: String
      let columns: [(own: String, parent: String)]
      /// Whether a row stays without what it referred to.
      let isOptional: Bool
    }

    let name: String
    let columns: [Column]
    let key: [String]
    let references: [Reference]
  }

  init() throws {
    model = try DatabaseQueue()
    try Schema.migrator.migrate(model)
    tables = try model.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA foreign_keys = OFF")
      try database.dropTriggers()
      return try database.storeTables()
    }
  }

  /// - Throws: `DatabaseError` where the database is damaged so that rows cannot be gone through.
  func firstFault(in database: Database) throws -> RowFault? {
    var first: RowFault?
    try forEachFault(in: database) {
      first = $0
      return false
    }
    return first
  }

  /// - Throws: `DatabaseError` where the database is damaged so that rows cannot be gone through.
  func faults(in database: Database) throws -> [RowFault] {
    var faults: [RowFault] = []
    try forEachFault(in: database) {
      faults.append($0)
      return true
    }
    return faults
  }

  /// Whether a row would be without fault if it had these values; what it refers to does not count.
  func isSound(
    _ values: [DatabaseValue], _ key: RowKey, of table: Table, in database: Database
  ) throws -> Bool {
    guard try database.fault(of: values, key, table, [:]) == nil else { return false }
    var isTaken = false
    try model.inTransaction { model in
      isTaken = try Probe(table, model).fault(of: values) == nil
      return .rollback
    }
    return isTaken
  }

  /// Whether rows of other tables are nothing without one of this.
  func isReferredTo(_ table: Table) -> Bool {
    tables.contains { other in other.references.contains { $0.parent == table.name } }
  }

  /// - Parameter body: returns whether to go on.
  private func forEachFault(in database: Database, _ body: (RowFault) -> Bool) throws {
    let sizes = try database.embeddingSizes()
    for table in tables {
      var broken: Set<RowKey> = []
      var isStopped = false
      try model.inTransaction { model in
        let probe = try Probe(table, model)
        try database.forEachRow(of: table) { values, key in
          let reason =
            try database.fault(of: values, key, table, sizes) ?? probe.fault(of: values)
          guard let reason else { return true }
          broken.insert(key)
          isStopped = !body(RowFault(table: table.name, key: key, reason: reason))
          return !isStopped
        }
        return .rollback
      }
      if isStopped { return }
      for reference in table.references {
        for key in try database.keys(of: table, withoutTheir: reference) where !broken.contains(key)
        {
          broken.insert(key)
          let reason = "it refers to a row of \(reference.parent) that is not there"
          let fault = RowFault(table: table.name, key: key, reason: reason, isOfValue: false)
          if !body(fault) { return }
        }
      }
    }
  }
}

extension RowCheck.Table {
  var columnList: String { columns.map(\.name).joined(separator: ", ") }

  /// What `RowKey` is made of.
  var keySelection: String {
    key.map { "\($0), iif(typeof(\($0)) = 'text', CAST(\($0) AS BLOB), NULL)" }
      .joined(separator: ", ")
  }
}

/// Enters rows in an empty table, and takes them out again.
private struct Probe {
  private let insertion: RowInsertion
  private let emptying: Statement

  init(_ table: RowCheck.Table, _ model: Database) throws {
    insertion = try RowInsertion(table.name, table.columns.map(\.name), in: model)
    emptying = try model.cachedStatement(sql: "DELETE FROM \(table.name)")
  }

  /// What the schema says against a row; nil where nothing.
  func fault(of values: [DatabaseValue]) throws -> String? {
    if let error = try insertion.error(entering: values) {
      return error.message ?? error.resultCode.description
    }
    try emptying.execute()
    return nil
  }
}

/// Enters rows in a table, some of which it refuses.
final class RowInsertion {
  private let database: Database
  private let sql: String
  private var statement: Statement

  init(_ table: String, _ columns: [String], in database: Database) throws {
    self.database = database
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    sql = "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(places))"
    statement = try database.makeStatement(sql: sql)
  }

  /// - Returns: why the table refuses the row; nil where it has taken it.
  /// - Throws: `DatabaseError` where it is not the row's fault.
  func error(entering values: [DatabaseValue]) throws -> DatabaseError? {
    do {
      try statement.execute(arguments: StatementArguments(values))
      return nil
    } catch let error as DatabaseError
      where [.SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG].contains(error.resultCode)
    {
      // SQLite would tell the error once more where the statement is used again.
      statement = try database.makeStatement(sql: sql)
      return error
    }
  }
}

extension Database {
  /// Removes all triggers.
  ///
  /// - Returns: the SQL that makes them.
  @discardableResult
  func dropTriggers() throws -> [String] {
    let triggers = try Row.fetchAll(
      self, sql: "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return try triggers.map { row in
      let name: String = try row.value("name")
      try execute(sql: "DROP TRIGGER \"\(name)\"")
      return try row.value("sql")
    }
  }

  /// The tables of a store, but for what belongs to the full-text index and to migrations.
  fileprivate func storeTables() throws -> [RowCheck.Table] {
    let names = try String.fetchAll(
      self,
      sql: """
        SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'
          AND name NOT GLOB 'caption_texts*' AND name <> 'grdb_migrations' ORDER BY rowid
        """)
    return try names.map { name in
      let columns = try Row.fetchAll(self, sql: "PRAGMA table_info(\(name))")
      return RowCheck.Table(
        name: name,
        columns: try columns.map { .init(name: try $0.value("name"), type: try $0.value("type")) },
        key: try columns.filter { try $0.value("pk") as Int > 0 }.map { try $0.value("name") },
        references: try references(of: name))
    }
  }

  private func references(of table: String) throws -> [RowCheck.Table.Reference] {
    let rows = try Row.fetchAll(self, sql: "PRAGMA foreign_key_list(\(table))")
    let groups = try Dictionary(grouping: rows) { try $0.value("id") as Int }
    return try groups.sorted { $0.key < $1.key }.map { _, rows in
      let parent: String = try rows[0].value("table")
      let keys = try String.fetchAll(
        self, sql: "SELECT name FROM pragma_table_info('\(parent)') WHERE pk > 0 ORDER BY pk")
      let isOptional: Bool = try rows[0].value("on_delete") as String == "SET NULL"
      return RowCheck.Table.Reference(
        parent: parent,
        columns: try rows.map { row in
          let position: Int = try row.value("seq")
          let named: String? = try row.value("to")
          return (own: try row.value("from"), parent: named ?? keys[position])
        }, isOptional: isOptional)
    }
  }

  /// Calls `body`, which tells whether to go on, with the values of each row and what it is found by.
  fileprivate func forEachRow(
    of table: RowCheck.Table, _ body: ([DatabaseValue], RowKey) throws -> Bool
  ) throws {
    let rows = try Row.fetchCursor(
      self,
      sql: """
        SELECT \(table.columnList), \(table.keySelection) FROM main.\(table.name) NOT INDEXED
        """)
    let count = table.columns.count
    while let row = try rows.next() {
      let values = Array(row.databaseValues.prefix(count))
      guard try body(values, RowKey(row, from: count, of: table)) else { return }
    }
  }

  /// The keys of rows that refer to what is not there.
  func keys(of table: RowCheck.Table, withoutTheir reference: RowCheck.Table.Reference) throws
    -> [RowKey]
  {
    try Row.fetchAll(
      self,
      sql: """
        SELECT \(table.keySelection) FROM main.\(table.name) AS own WHERE \(reference.isMissing)
        """
    ).map { RowKey($0, from: 0, of: table) }
  }

  /// How many bytes an embedding of each model has: as most of them have.
  fileprivate func embeddingSizes() throws -> [Int64: Int] {
    let rows = try Row.fetchAll(
      self,
      sql: """
        SELECT model_id, length(vector) AS size, count(*) AS count FROM main.embeddings
        WHERE typeof(model_id) = 'integer' AND typeof(vector) = 'blob'
        GROUP BY model_id, size ORDER BY count, size
        """)
    return try rows.reduce(into: [:]) { $0[try $1.value("model_id")] = try $1.value("size") }
  }

  /// What is wrong with a row that the schema says nothing about; nil where nothing is.
  fileprivate func fault(
    of values: [DatabaseValue], _ key: RowKey, _ table: RowCheck.Table, _ sizes: [Int64: Int]
  ) throws -> String? {
    for (column, value) in zip(table.columns, values) {
      guard !value.isNull else {
        // The column is younger than its table, so that it could not be forbidden.
        if table.name == "evaluations", column.name == "number" { return "“number” is missing" }
        continue
      }
      if table.name == "evaluations", column.name == "number",
        case .int64(let number) = value.storage,
        !(1..<Int64.max).contains(number)
      {
        return "“number” is none that evaluations have"
      }
      if let reason = column.fault(of: value) { return "“\(column.name)” \(reason)" }
      do {
        try StoredForm.check(value, table: table.name, column: column.name)
      } catch let error as UnreadableValue {
        return "\(error)"
      }
      // What is no UTF-8 comes with this sign, which may also stand there by right.
      if case .string(let text) = value.storage, text.unicodeScalars.contains("\u{FFFD}"),
        try !isUTF8(column.name, of: table, key)
      {
        return "“\(column.name)” is not valid UTF-8"
      }
    }
    if table.name == "embeddings" { return embeddingFault(of: values, table, sizes) }
    return nil
  }

  private func isUTF8(_ column: String, of table: RowCheck.Table, _ key: RowKey) throws -> Bool {
    let bytes = try Data.fetchOne(
      self,
      sql: "SELECT CAST(\(column) AS BLOB) FROM main.\(table.name) WHERE \(key.condition(table))",
      arguments: key.arguments)
    return bytes.map { String(validating: $0, as: UTF8.self) != nil } ?? true
  }

  private func embeddingFault(
    of values: [DatabaseValue], _ table: RowCheck.Table, _ sizes: [Int64: Int]
  ) -> String? {
    let row = Dictionary(zip(table.columns.map(\.name), values)) { first, _ in first }
    guard case .int64(let model)? = row["model_id"]?.storage,
      case .blob(let vector)? = row["vector"]?.storage
    else { return nil }
    if let size = sizes[model], size != vector.count {
      return "“vector” has \(vector.count) bytes, others by its model have \(size)"
    }
    let squares = vector.withUnsafeBytes(HalfVector.values).reduce(0) {
      $0 + Double($1) * Double($1)
    }
    // Half precision leaves less than a hundredth.
    return squares == 0 || abs(squares.squareRoot() - 1) < 0.05
      ? nil : "“vector” is not of length 1"
  }
}

extension RowCheck.Table.Reference {
  /// SQL that tells whether a row `own` refers to nothing.
  var isMissing: String {
    let isSet = columns.map { "own.\($0.own) IS NOT NULL" }.joined(separator: " AND ")
    let isParent = columns.map { "parent.\($0.parent) = own.\($0.own)" }.joined(separator: " AND ")
    return """
      \(isSet) AND NOT EXISTS (SELECT 1 FROM main.\(parent) AS parent WHERE \(isParent))
      """
  }
}

extension RowCheck.Table.Column {
  /// What is wrong with a value, whatever the table is for; nil where nothing is.
  fileprivate func fault(of value: DatabaseValue) -> String? {
    let stored: String
    switch value.storage {
    case .null: return nil
    case .int64: stored = "INTEGER"
    case .double: stored = "REAL"
    case .string: stored = "TEXT"
    case .blob: stored = "BLOB"
    }
    guard stored == type else { return "is \(stored), not \(type)" }
    switch value.storage {
    case .double(let number) where !number.isFinite: return "is not a finite number"
    case .string(let text) where name.hasSuffix("_at") && name != "captured_at":
      return Timestamp.isStored(text) ? nil : "is not a time"
    case .blob(let data) where ["path", "folder"].contains(name) && data.contains(0):
      return "has a zero byte, which no path has"
    default: return nil
    }
  }
}

/// What columns hold beyond what SQLite knows of types.
private enum StoredForm {
  /// - Throws: `UnreadableValue`, as those who read the column.
  static func check(_ value: DatabaseValue, table: String, column: String) throws {
    guard case .string(let text) = value.storage else { return }
    func decode(_ type: (some Decodable).Type) throws {
      _ = try StoredJSON.decode(type, from: text, column: column)
    }
    switch (table, column) {
    case ("captions", "words"): try decode([MachineCaption.Word].self)
    case ("captions", "alternatives"): try decode([MachineCaption.Alternative].self)
    case ("evaluations", "scores"), ("evaluation_items", "scores"), ("sentiments", "probabilities"):
      try decode([String: Double].self)
    case ("sentiment_models", "labels"): try decode([String].self)
    case ("models", "configuration"), ("decodings", "options"), ("runs", "request"),
      ("evaluations", "protocol"):
      _ = try StoredJSON.value(of: text, column: column)
    default: break
    }
  }
}

extension Timestamp {
  /// Whether a text is a time as the store keeps it, or at least a day.
  fileprivate static func isStored(_ text: String) -> Bool {
    let form = "0000-00-00T00:00:00.000Z"
    let isBegun = zip(text.utf8, form.utf8).allSatisfy { byte, model in
      model == UInt8(ascii: "0")
        ? UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte : byte == model
    }
    return isBegun && [10, form.utf8.count].contains(text.utf8.count)
  }
}
