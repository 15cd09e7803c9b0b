internal import Foundation
internal import GRDB
internal import SystemPackage
internal import Tensors

/// A row that breaks a rule of the schema, or that nobody could read.
struct RowFault: CustomStringConvertible {
  let table: String
  /// Of the primary key, in its order.
  let key: [DatabaseValue]
  /// Part of a sentence.
  let reason: String

  var description: String { "\(table), row \(name): \(reason)" }

  private var name: String {
    let parts = key.map { value in
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

  /// - Parameter body: returns whether to go on.
  private func forEachFault(in database: Database, _ body: (RowFault) -> Bool) throws {
    let sizes = try database.embeddingSizes()
    for table in tables {
      var broken: Set<[DatabaseValue]> = []
      var isStopped = false
      try model.inTransaction { model in
        let probe = try Probe(table, model)
        try database.forEachRow(of: table) { values in
          let key = table.keyValues(values)
          let reason = try database.fault(of: values, table, sizes) ?? probe.fault(of: values)
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
          if !body(RowFault(table: table.name, key: key, reason: reason)) { return }
        }
      }
    }
  }
}

extension RowCheck.Table {
  var columnList: String { columns.map(\.name).joined(separator: ", ") }

  func keyValues(_ values: [DatabaseValue]) -> [DatabaseValue] {
    zip(columns, values).filter { key.contains($0.0.name) }.map(\.1)
  }

  /// The columns of the key in the order of `keyValues`, as a condition.
  var keyCondition: String {
    columns.map(\.name).filter(key.contains).map { "\($0) = ?" }.joined(separator: " AND ")
  }

  /// The key's columns in the order of `keyValues`.
  var keyList: String { columns.map(\.name).filter(key.contains).joined(separator: ", ") }
}

/// Enters rows in an empty table, and takes them out again.
private struct Probe {
  private let model: Database
  private let insertion: Statement
  private let emptying: Statement

  init(_ table: RowCheck.Table, _ model: Database) throws {
    self.model = model
    let places = table.columns.map { _ in "?" }.joined(separator: ", ")
    insertion = try model.cachedStatement(
      sql: "INSERT INTO \(table.name) (\(table.columnList)) VALUES (\(places))")
    emptying = try model.cachedStatement(sql: "DELETE FROM \(table.name)")
  }

  /// What the schema says against a row; nil where nothing.
  func fault(of values: [DatabaseValue]) throws -> String? {
    do {
      try insertion.execute(arguments: StatementArguments(values))
      try emptying.execute()
      return nil
    } catch let error as DatabaseError {
      return error.message ?? error.resultCode.description
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

  /// Calls `body`, which tells whether to go on, with the values of each row.
  fileprivate func forEachRow(of table: RowCheck.Table, _ body: ([DatabaseValue]) throws -> Bool)
    throws
  {
    let rows = try Row.fetchCursor(
      self, sql: "SELECT \(table.columnList) FROM main.\(table.name) NOT INDEXED")
    while let row = try rows.next() {
      guard try body(Array(row.databaseValues)) else { return }
    }
  }

  /// The keys of rows that refer to what is not there.
  func keys(of table: RowCheck.Table, withoutTheir reference: RowCheck.Table.Reference) throws
    -> [[DatabaseValue]]
  {
    try Row.fetchAll(
      self,
      sql: "SELECT \(table.keyList) FROM main.\(table.name) AS own WHERE \(reference.isMissing)"
    ).map { Array($0.databaseValues) }
  }

  /// How many bytes an embedding of each model has: as most of them have.
  fileprivate func embeddingSizes() throws -> [Int64: Int] {
    let rows = try Row.fetchAll(
      self,
      sql: """
        SELECT model_id, length(vector) AS size, count(*) AS count FROM main.embeddings
        GROUP BY model_id, size ORDER BY count, size
        """)
    return try rows.reduce(into: [:]) { $0[try $1.value("model_id")] = try $1.value("size") }
  }

  /// What is wrong with a row that the schema says nothing about; nil where nothing is.
  fileprivate func fault(of values: [DatabaseValue], _ table: RowCheck.Table, _ sizes: [Int64: Int])
    throws -> String?
  {
    for (column, value) in zip(table.columns, values) {
      guard !value.isNull else {
        // The column is younger than its table, so that it could not be forbidden.
        if table.name == "evaluations", column.name == "number" { return "“number” is missing" }
        continue
      }
      if let reason = column.fault(of: value) { return "“\(column.name)” \(reason)" }
      do {
        try StoredForm.check(value, table: table.name, column: column.name)
      } catch let error as UnreadableValue {
        return "\(error)"
      }
      // What is no UTF-8 comes with this sign, which may also stand there by right.
      if case .string(let text) = value.storage, text.unicodeScalars.contains("\u{FFFD}"),
        try !isUTF8(column.name, of: table, table.keyValues(values))
      {
        return "“\(column.name)” is not valid UTF-8"
      }
    }
    if table.name == "embeddings" { return embeddingFault(of: values, table, sizes) }
    return nil
  }

  private func isUTF8(_ column: String, of table: RowCheck.Table, _ key: [DatabaseValue]) throws
    -> Bool
  {
    let bytes = try Data.fetchOne(
      self,
      sql: "SELECT CAST(\(column) AS BLOB) FROM main.\(table.name) WHERE \(table.keyCondition)",
      arguments: StatementArguments(key))
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
