internal import Files
internal import GRDB

/// Tables, indexes and triggers: what this program has made of a store, and nothing else may be in
/// it, as much of what stands in a schema is run by those who read and write.
extension Schema {
  /// Something in a store that this program has not made, or that it has made otherwise.
  ///
  /// - Returns: what people call it; nil where all is as it should be.
  static func foreignObject(in database: Database, version: Int) throws -> String? {
    let objects = try SchemaObject.all(in: database)
    if version > 0, objects.contains(where: { $0.name == "grdb_migrations" }) {
      let made = try String.fetchAll(database, sql: "SELECT identifier FROM grdb_migrations")
      guard made.sorted() == (1...version).map(String.init).sorted() else {
        return "the list of the store's versions"
      }
    }
    guard version != Self.version || SchemaObject.fingerprint(of: objects) != fingerprint else {
      return nil
    }
    let known = try knownObjects(ofVersion: version)
    if let foreign = objects.first(where: { !known.contains($0) && !earlierForms.contains($0) }) {
      return foreign.description
    }
    guard version > 0 else { return nil }
    // Indexes only make things faster, but for those that keep what is there from coming twice.
    let names = Set(objects.map(\.name))
    return known.filter { !$0.isDispensable && !names.contains($0.name) }.map(\.name).min()
      .map { "a store without its “\($0)”, and that" }
  }

  /// Of all that a store of the latest version holds: saves making one for comparison each time that
  /// a store is opened.
  static let fingerprint = "2d0d1a4016f294fa03f9a082ea1e40202392b694636653427c411e162d57b0a2"

  /// What a store holds that was brought to a version.
  static func knownObjects(ofVersion version: Int) throws -> Set<SchemaObject> {
    let store = try DatabaseQueue()
    try migrator.migrate(store, upTo: "\(max(version, 1))")
    let objects = try store.read(SchemaObject.all)
    // Where none was reached, there may be the table of those that were.
    return Set(version > 0 ? objects : objects.filter { $0.table == "grdb_migrations" })
  }

  /// As objects were made for a while before they were released.
  private static let earlierForms: Set<SchemaObject> = [
    SchemaObject(
      type: "index", name: "images_picture", table: "images",
      sql: "CREATE UNIQUE INDEX images_picture ON images (picture_hash)")
  ]
}

/// A row of `sqlite_master`.
struct SchemaObject: Hashable, CustomStringConvertible {
  let type: String
  let name: String
  let table: String
  /// Without comments, and with one space where there was any; empty for what SQLite makes by itself.
  let sql: String

  init(type: String, name: String, table: String, sql: String) {
    self.type = type
    self.name = name
    self.table = table
    self.sql = Self.withoutComments(sql)
  }

  var description: String { "the \(type) “\(name)”" }

  /// Whether a store is complete without it.
  var isDispensable: Bool { type == "index" && !sql.hasPrefix("CREATE UNIQUE") }

  /// All but the statistics that SQLite itself keeps.
  static func all(in database: Database) throws -> [SchemaObject] {
    try Row.fetchAll(database, sql: "SELECT type, name, tbl_name, sql FROM sqlite_master").map {
      let sql: String? = try $0.value("sql")
      return SchemaObject(
        type: try $0.value("type"), name: try $0.value("name"), table: try $0.value("tbl_name"),
        sql: sql ?? "")
    }.filter { !statistics.contains($0.sql) }
  }

  /// As SQLite makes them; no others can have these names.
  private static let statistics: Set<String> = [
    "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
    "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)",
  ]

  /// The same for the same objects, in whatever order they were made.
  static func fingerprint(of objects: [SchemaObject]) -> String {
    let lines = objects.map { [$0.type, $0.name, $0.table, $0.sql].joined(separator: "\t") }
    return ContentHash(of: Array(lines.sorted().joined(separator: "\n").utf8)).description
  }

  private static func withoutComments(_ sql: String) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(sql.utf8.count)
    var quote: UInt8?
    var isInComment = false
    var previous: UInt8 = 0
    for byte in sql.utf8 {
      defer { previous = byte }
      if isInComment {
        guard byte == UInt8(ascii: "\n") else { continue }
        isInComment = false
      }
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else if byte == UInt8(ascii: "-"), previous == byte, result.last == byte {
        result.removeLast()
        isInComment = true
        continue
      } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") {
        if result.last != UInt8(ascii: " ") { result.append(UInt8(ascii: " ")) }
        continue
      }
      result.append(byte)
    }
    if result.last == UInt8(ascii: " ") { result.removeLast() }
    return String(decoding: result, as: UTF8.self)
  }
}
