internal import Files
internal import Foundation
internal import GRDB
internal import SystemPackage

/// Why a row cannot be understood: the store is damaged, or a stranger has written into it.
struct UnreadableValue: Error, CustomStringConvertible {
  /// Part of a sentence.
  let description: String

  init(column: String, reason: String) {
    description = "“\(column)” \(reason)"
  }

  private init(description: String) {
    self.description = description
  }

  /// What an index has and its table has not, or the other way round.
  static func lost(_ row: String) -> UnreadableValue {
    UnreadableValue(description: "\(row) that must be there is not found")
  }
}

/// The ways in which rows are read. GRDB's own subscripts end the program where a value is not of
/// the type that is asked for.
extension Row {
  /// A value of a type that SQLite knows; an optional for one that may be null.
  ///
  /// - Throws: `UnreadableValue`, also for a number that is not finite.
  func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ column: String) throws
    -> Value
  {
    let value: Value
    do {
      value = try decode(forColumn: column)
    } catch is RowDecodingError {
      throw UnreadableValue(column: column, reason: "is not of its type")
    }
    if let number = value as? Double, !number.isFinite {
      throw UnreadableValue(column: column, reason: "is not a finite number")
    }
    return value
  }

  /// A path, as `FilePath.data`.
  ///
  /// - Throws: `UnreadableValue`.
  func path(_ column: String) throws -> FilePath {
    FilePath(data: try value(column))
  }

  /// - Throws: `UnreadableValue`.
  func hash(_ column: String) throws -> ContentHash {
    guard let hash = ContentHash(data: try value(column)) else {
      throw UnreadableValue(column: column, reason: "is not the 32 bytes of a hash")
    }
    return hash
  }

  /// A hash; nil where there is none.
  ///
  /// - Throws: `UnreadableValue`.
  func hashIfAny(_ column: String) throws -> ContentHash? {
    let data: Data? = try value(column)
    return data == nil ? nil : try hash(column)
  }

  /// A path; nil where there is none.
  ///
  /// - Throws: `UnreadableValue`.
  func pathIfAny(_ column: String) throws -> FilePath? {
    let data: Data? = try value(column)
    return data.map(FilePath.init(data:))
  }

  /// The size of a file and when it was changed.
  ///
  /// - Throws: `UnreadableValue`.
  func fileState() throws -> FileState {
    FileState(
      byteCount: try value("byte_count"), modifiedNanoseconds: try value("modified_nanoseconds"))
  }

  /// One of the words that a column may hold.
  ///
  /// - Throws: `UnreadableValue`.
  func choice<Choice: RawRepresentable<String>>(_ column: String) throws -> Choice {
    let name: String = try value(column)
    guard let choice = Choice(rawValue: name) else {
      throw UnreadableValue(column: column, reason: "is none of the words that it may be")
    }
    return choice
  }

  /// What a column holds as JSON.
  ///
  /// - Throws: `UnreadableValue`.
  func json<Value: Decodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
    try StoredJSON.decode(type, from: value(column), column: column)
  }

  /// Any JSON that a column holds.
  ///
  /// - Throws: `UnreadableValue`.
  func anyJSON(_ column: String) throws -> JSONValue {
    try StoredJSON.value(of: value(column), column: column)
  }
}

extension Database {
  /// Whether a query has any row.
  func exists(_ query: String, _ arguments: StatementArguments) throws -> Bool {
    try Bool.fetchOne(
      cachedStatement(sql: "SELECT EXISTS (\(query))"), arguments: arguments) ?? false
  }
}

/// JSON out of the store.
enum StoredJSON {
  /// - Throws: `UnreadableValue`.
  static func decode<Value: Decodable>(
    _ type: Value.Type, from text: String, column: String
  ) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch is DecodingError {
      throw UnreadableValue(column: column, reason: "is not JSON of its form")
    }
  }

  /// - Throws: `UnreadableValue`.
  static func value(of text: String, column: String) throws -> JSONValue {
    do {
      return try JSONValue(text: text)
    } catch let error as JSONError {
      throw UnreadableValue(column: column, reason: "cannot be read: \(error)")
    }
  }
}
