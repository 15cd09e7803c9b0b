internal import GRDB

/// A table that rows enter.
protocol StoreTable {
  static var table: String { get }
  /// All columns that are not numbered by SQLite itself.
  static var columns: [String] { get }
}

/// A row as it enters its table, and where each column's value comes from: named here and nowhere
/// else.
protocol TableRow: StoreTable {
  typealias Columns = [(name: String, value: @Sendable (Self) -> (any DatabaseValueConvertible)?)]
  static var values: Columns { get }
}

extension TableRow {
  static var columns: [String] { values.map(\.name) }
}

/// A row that has a number, and is found by the value of one of its columns.
protocol NumberedRow: TableRow {
  static var key: String { get }
  var keyValue: any DatabaseValueConvertible { get }
}

/// What becomes of a row whose like is in the table already.
struct ConflictRule<Table: StoreTable>: Sendable {
  /// SQL, from ON CONFLICT on.
  private let clause: String
  /// SQL that enters values in the order of the columns.
  fileprivate let insertion: String

  /// - Parameter clause: SQL, from ON CONFLICT on; empty where the row is refused.
  init(_ clause: String) {
    let places = Table.columns.map { _ in "?" }.joined(separator: ", ")
    self.clause = clause
    insertion = "\(Self.start) VALUES (\(places)) \(clause)"
  }

  static var refused: Self { Self("") }
  /// The row that is there stays as it is.
  static var kept: Self { Self("ON CONFLICT DO NOTHING") }

  /// SQL that enters rows of another table.
  ///
  /// - Parameters:
  ///   - source: what follows FROM; has a WHERE, without which SQLite would take the rule for a join.
  ///   - row: the name of the rows in it that have the columns; nil where no others have such.
  ///   - columns: SQL of those that are not taken as they are.
  func entering(from source: String, row: String? = nil, _ columns: [String: String] = [:])
    -> String
  {
    let prefix = row.map { $0 + "." } ?? ""
    let values = Table.columns.map { columns[$0] ?? prefix + $0 }.joined(separator: ", ")
    return "\(Self.start) SELECT \(values) FROM \(source) \(clause)"
  }

  private static var start: String {
    "INSERT INTO main.\(Table.table) (\(Table.columns.joined(separator: ", ")))"
  }
}

extension ConflictRule {
  /// SQL that gives columns the values of the row that was to be entered.
  static func taking(_ columns: [String]) -> String {
    columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
  }
}

extension Database {
  /// Enters a row; `changesCount` tells whether that has changed anything.
  ///
  /// - Throws: `DatabaseError` where the schema refuses it.
  func enter<Row: TableRow>(_ row: Row, onConflict rule: ConflictRule<Row>) throws {
    let values: [(any DatabaseValueConvertible)?] = Row.values.map { $0.value(row) }
    try cachedStatement(sql: rule.insertion).execute(arguments: StatementArguments(values))
  }

  /// The number of a row, which is entered where it is new.
  func number<Row: NumberedRow>(entering row: Row, onConflict rule: ConflictRule<Row>) throws
    -> Int64
  {
    try enter(row, onConflict: rule)
    guard let number = try number(of: Row.self, row.keyValue) else {
      throw UnreadableValue.lost("a row of \(Row.table)")
    }
    return number
  }

  /// The number of the row with a key; nil where there is none.
  func number<Row: NumberedRow>(of: Row.Type, _ key: any DatabaseValueConvertible) throws -> Int64?
  {
    try Int64.fetchOne(
      cachedStatement(sql: "SELECT id FROM main.\(Row.table) WHERE \(Row.key) = ?"),
      arguments: [key])
  }
}
