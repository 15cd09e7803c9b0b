internal import Files
internal import Foundation
package import GRDB
package import SystemPackage

/// Captions, the photos that they are of, and all that was done to make them: one SQLite file.
///
/// A store may be used from several threads and several programs at once.
package final class Store: Sendable {
  package let path: FilePath
  let database: any DatabaseWriter
  /// What the store is read from where its log cannot be read in its place.
  let copy: StoreCopy?

  /// What the store is opened for.
  package enum Access: Sendable {
    /// Reading and writing; the file and its folder are made where they are missing.
    case create
    /// Reading and writing a store that is there.
    case write
    /// Reading a store that is there; works on read-only disks, unless it is of an earlier version.
    case read
  }

  /// How many seconds one program waits for another that is writing.
  static let patience = 30.0

  /// Opens the store at `path`, and brings one of an earlier version up to date.
  ///
  /// - Throws: `StoreError`; a file that is no store is never changed.
  package init(path: FilePath, for access: Access) throws {
    let path = Self.place(of: path)
    self.path = path
    (database, copy) = try StoreError.translating(path) {
      try Self.checkPlace(path, access)
      switch access {
      case .create, .write: return (try Self.openForWriting(path), nil)
      case .read:
        let (queue, copy) = try Self.openForReading(path)
        // SQLite keeps it open.
        copy?.remove()
        let version = try queue.read(Self.version)
        guard version < Schema.version else { return (queue, nil) }
        try queue.close()
        guard Self.mayWrite(path) else {
          throw StoreError.older(path: path, version: version, known: Schema.version)
        }
        try Self.openForWriting(path).close()
        return (try Self.openForReading(path).queue, nil)
      }
    }
  }

  /// Opens a store that is there for reading, and leaves one of an earlier version as it is. It can
  /// be attached to another.
  ///
  /// - Throws: `StoreError`, `.older` where there is such a one.
  init(unchanged path: FilePath) throws {
    let path = Self.place(of: path)
    self.path = path
    (database, copy) = try StoreError.translating(path) {
      try Self.checkPlace(path, .read)
      let (queue, copy) = try Self.openForReading(path)
      let version = try queue.read(Self.version)
      guard version == Schema.version else {
        throw StoreError.older(path: path, version: version, known: Schema.version)
      }
      return (queue, copy)
    }
  }

  /// Where SQLite finds a store, and its logs beside it: links lead there.
  static func place(of path: FilePath) -> FilePath { path.resolved ?? path.absolute }

  /// A store in memory, empty.
  package init() throws {
    path = "memory"
    copy = nil
    database = try DatabaseQueue(configuration: Self.configuration)
    try Schema.migrator.migrate(database)
  }

  /// Where the store is when nobody says otherwise: `$CAPTION_STORE`, else `caption/caption.sqlite`
  /// in the user's data folder (`$XDG_DATA_HOME`, else `~/.local/share`).
  package static func defaultPath() -> FilePath {
    defaultPath(environment: ProcessInfo.processInfo.environment)
  }

  package static func defaultPath(environment: [String: String]) -> FilePath {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    if let store = value("CAPTION_STORE") { return FilePath(store) }
    let data = value("XDG_DATA_HOME").map { FilePath($0) }
    // The specification: relative paths there are to be ignored.
    let home = FilePath(value("HOME") ?? NSHomeDirectory())
    let folder = data.flatMap { $0.isAbsolute ? $0 : nil } ?? home.appending(".local/share")
    return folder.appending("caption/caption.sqlite")
  }

  /// Ends all work on the store, having let SQLite refresh its statistics.
  ///
  /// - Throws: `StoreError`.
  package func close() throws {
    try StoreError.translating(path) {
      if !database.configuration.readonly {
        try? database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA optimize") }
      }
      // The writer must be the last to go: only then does SQLite fold its log into the one file.
      (database as? DatabasePool)?.invalidateReadOnlyConnections()
      try database.close()
    }
  }

  /// Reads in one transaction: what others write meanwhile does not show.
  ///
  /// - Throws: `StoreError`, `.damaged` where `work` cannot understand a row.
  package func read<Value>(_ work: (Database) throws -> Value) throws -> Value {
    try StoreError.translating(path) {
      try database.read { database in try namingRows(database) { try work(database) } }
    }
  }

  /// Writes in one transaction: all of it or, where it throws, nothing.
  ///
  /// - Throws: `StoreError`, and what `work` throws.
  package func write<Value>(_ work: (Database) throws -> Value) throws -> Value {
    try StoreError.translating(path) {
      try database.writeWithoutTransaction { database in
        var value: Value?
        // Immediate: a transaction that reads before it writes could not wait for another's.
        try database.inTransaction(.immediate) {
          value = try namingRows(database) { try work(database) }
          return .commit
        }
        guard let value else { preconditionFailure("a transaction ended without its value") }
        return value
      }
    }
  }

  /// Where `work` cannot understand a row, the error says which one it is.
  private func namingRows<Value>(_ database: Database, _ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch  where StoreError.isAboutRows(error) {
      guard let fault = try? RowCheck().firstFault(in: database) else { throw error }
      throw StoreError.damaged(path: path, reason: "\(fault)")
    }
  }

  static var configuration: Configuration { configuration(first: nil) }

  /// - Parameter first: SQL that is run before anything is read of the file.
  private static func configuration(first: String?) -> Configuration {
    var configuration = Configuration()
    if let first { configuration.prepareDatabase { try $0.execute(sql: first) } }
    configuration.label = "caption"
    configuration.busyMode = .timeout(patience)
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase { database in
      // 64 MB at most; in WAL mode a crash of the program loses nothing that was committed.
      try database.execute(sql: "PRAGMA cache_size = -65536; PRAGMA synchronous = NORMAL")
      // The file may be a stranger's, or damaged: pages are looked at before they are used.
      try database.execute(sql: "PRAGMA cell_size_check = ON")
      database.add(function: SearchSQL.containsWords)
    }
    return configuration
  }

  /// For a file that nobody else sees before it is complete: nothing is left beside it.
  static var configurationWithoutLog: Configuration {
    var configuration = configuration
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA journal_mode = MEMORY") }
    return configuration
  }

  private static func openForWriting(_ path: FilePath) throws -> any DatabaseWriter {
    // Two programs that make one store at once take turns.
    try withFolderLocked(of: path) {
      try checkForm(path)
      guard mayWrite(path) else { throw StoreError.readOnly(path: path) }
      let pool = try DatabasePool(path: path.string, configuration: configuration)
      try Schema.migrator.migrate(pool)
      return pool
    }
  }

  /// A store on a read-only disk has nowhere for the files that readers and writers share; there
  /// cannot be a writer either, so SQLite is told that the file does not change. What a writer that
  /// was ended has left in a log beside it can be read in a copy only.
  ///
  /// - Parameter isChecked: whether what is no store, or an altered one, is refused.
  static func openForReading(_ path: FilePath, isChecked: Bool = true) throws
    -> (queue: DatabaseQueue, copy: StoreCopy?)
  {
    // SQLite then reads what it can of a file that is shorter than it says, or whose schema is damaged
    // in part.
    var configuration = configuration(first: isChecked ? nil : "PRAGMA writable_schema = ON")
    configuration.readonly = true
    func open(_ name: String) throws -> DatabaseQueue {
      let queue = try DatabaseQueue(path: name, configuration: configuration)
      try queue.read {
        if isChecked { try check($0, path) } else { _ = try version($0) }
      }
      return queue
    }
    do {
      return (try open(path.string), nil)
    } catch let error as DatabaseError
      where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
    {
      guard access(path.string, R_OK) == 0 else { throw error }
      if StoreCopy.isNeeded(for: path) {
        let copy = try StoreCopy(of: path)
        return (try open(uri(copy.path, "immutable=1")), copy)
      }
      guard access(path.removingLastComponent().string, W_OK) != 0 else { throw error }
      return (try open(uri(path, "immutable=1")), nil)
    }
  }

  /// - Parameter query: what SQLite is told about the file.
  static func uri(_ path: FilePath, _ query: String) throws -> String {
    let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%"))
    guard let escaped = path.string.addingPercentEncoding(withAllowedCharacters: allowed) else {
      throw StoreError.unreadable(path: path, reason: "its path cannot be escaped")
    }
    return "file:\(escaped)?\(query)"
  }

  /// Refuses a file that is no store, or a later one, before anything is written to it.
  private static func checkForm(_ path: FilePath) throws {
    // An empty file is as good as none.
    guard let state = FileState(of: path), state.byteCount > 0 else { return }
    var configuration = configuration
    configuration.readonly = true
    do {
      let queue = try DatabaseQueue(path: path.string, configuration: configuration)
      defer { try? queue.close() }
      try queue.read { try check($0, path) }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
      // Opened for writing it will say what is the matter.
      return
    } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
      // A writer was ended, and what it has begun must be taken back before anything can be read.
      guard StoreCopy.isNeeded(for: path) else { throw error }
      let copy = try StoreCopy(of: path)
      defer { copy.remove() }
      let queue = try DatabaseQueue(path: copy.path.string, configuration: configuration)
      defer { try? queue.close() }
      try queue.read { try check($0, path) }
    }
  }

  private static func check(_ database: Database, _ path: FilePath) throws {
    let identity = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let version = try version(database)
    guard try identity == Schema.applicationID || isUnmade(database) else {
      guard (1...Schema.version).contains(version),
        try Schema.foreignObject(in: database, version: version) == nil
      else { throw StoreError.foreign(path: path) }
      throw StoreError.altered(path: path, object: "the file's application number")
    }
    guard version <= Schema.version else {
      throw StoreError.newer(path: path, version: version, known: Schema.version)
    }
    if let object = try Schema.foreignObject(in: database, version: version) {
      throw StoreError.altered(path: path, object: object)
    }
  }

  /// Whether a program that was to make a store ended before it had written any table but that of
  /// its migrations.
  private static func isUnmade(_ database: Database) throws -> Bool {
    let isUnmade = try Bool.fetchOne(
      database,
      sql: "SELECT NOT EXISTS (SELECT 1 FROM sqlite_master WHERE tbl_name <> 'grdb_migrations')")
    return isUnmade == true
  }

  static func version(_ database: Database) throws -> Int {
    try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
  }

  /// Whether the file and its folder, for SQLite's log, can be written; true where there is no file.
  static func mayWrite(_ path: FilePath) -> Bool {
    guard FileEntry(at: path) != nil else { return true }
    return access(path.string, W_OK) == 0
      && access(path.removingLastComponent().string, W_OK) == 0
  }

  /// Makes the store's folder, or says why there can be no store.
  private static func checkPlace(_ path: FilePath, _ access: Access) throws {
    guard String(validating: path) != nil else {
      throw StoreError.unreadable(path: path, reason: "its path is not valid UTF-8")
    }
    if let entry = FileEntry(at: path) {
      guard entry == .file else {
        throw StoreError.unreadable(path: path, reason: "it is not a file")
      }
      return
    }
    guard access == .create else { throw StoreError.missing(path: path) }
    do {
      try FileManager.default.createDirectory(
        atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
    } catch {
      throw StoreError.unreadable(
        path: path, reason: "its folder cannot be made")
    }
  }
}

/// Keeps other programs that do the same waiting.
func withFolderLocked<Result>(of path: FilePath, _ work: () throws -> Result) rethrows
  -> Result
{
  let descriptor = open(path.removingLastComponent().string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  // Where folders cannot be locked, as on some network disks, SQLite's own locks must do.
  if descriptor >= 0 { flock(descriptor, LOCK_EX) }
  defer { if descriptor >= 0 { close(descriptor) } }
  return try work()
}

extension FilePath {
  /// This path from the root on, without `.` and `..` (taken as text: symbolic links stay).
  package var absolute: FilePath {
    if isAbsolute { return lexicallyNormalized() }
    return FilePath(FileManager.default.currentDirectoryPath).pushing(self).lexicallyNormalized()
  }
}
