internal import Foundation
internal import GRDB
package import SystemPackage

/// What is the matter with a store.
package struct StoreCheck: Equatable, Sendable {
  /// How the file contradicts itself: not all of it can be read.
  package var structuralFaults: [String] = []
  /// Rows that break a rule of the schema, that refer to nothing, or that cannot be understood.
  package var rowFaults: [String] = []
  /// How the index for full-text search contradicts the captions; it can be made anew.
  package var indexFault: String?
  /// Paths where no file is any more.
  package var goneFiles: [FilePath] = []
  /// How many files are on disks that are not connected, as far as can be told.
  package var notConnectedFiles = 0
  /// How many pictures have no file that is known, and were not forgotten.
  package var picturesWithoutFiles = 0

  package var faults: [String] { structuralFaults + rowFaults }
  package var isDamaged: Bool { !faults.isEmpty || indexFault != nil }
}

extension Store {
  /// Looks for contradictions in the store, and for files that have gone. The store's file stays as
  /// it is: a copy is looked at, which can be written, as some of SQLite's checks ask for.
  ///
  /// - Parameter isProtocol: whether the JSON that tells how an evaluation was made has its form,
  ///   which the store does not know.
  /// - Throws: `StoreError`.
  package func check(isProtocol: (String) -> Bool = { _ in true }) throws -> StoreCheck {
    var check = StoreCheck()
    try StoreError.translating(path) {
      // Of no name: SQLite keeps it in memory, and what is too much for it in a file without a name.
      let copy = try DatabaseQueue(path: "", configuration: Self.configuration)
      try database.backup(to: copy)
      try copy.writeWithoutTransaction { try $0.check(&check, isProtocol) }
    }
    // Looking further into a damaged file finds nothing that could be relied on.
    guard check.faults.isEmpty else { return check }
    try read { database in
      var presence = try FilePresence(database)
      for data in try Data.fetchAll(database, sql: "SELECT path FROM files ORDER BY path") {
        let path = FilePath(data: data)
        switch try presence.presence(of: path) {
        case .here: break
        case .gone: check.goneFiles.append(path)
        case .notConnected: check.notConnectedFiles += 1
        }
      }
      check.picturesWithoutFiles =
        try Int.fetchOne(
          database,
          sql: """
            SELECT count(*) FROM images WHERE id NOT IN (SELECT image_id FROM files)
              AND id NOT IN (SELECT image_id FROM forgotten_files)
            """) ?? 0
    }
    return check
  }
}

extension Database {
  /// Enters what is wrong with a store.
  fileprivate func check(_ check: inout StoreCheck, _ isProtocol: (String) -> Bool) throws {
    let findings = try integrityFindings()
    check.structuralFaults = findings.filter { !Self.isAboutRow($0) }
    // A file that cannot be relied on need not have rows that can be gone through.
    guard check.structuralFaults.isEmpty else { return }
    check.rowFaults = try rowFaults(isProtocol).map(\.description)
    // Found by SQLite alone.
    if check.rowFaults.isEmpty { check.structuralFaults = findings }
    if check.faults.isEmpty { check.indexFault = try indexFault() }
  }

  /// What SQLite finds by itself; nothing for a sound file.
  func integrityFindings() throws -> [String] {
    do {
      let findings = try String.fetchAll(self, sql: "PRAGMA integrity_check")
      return findings == ["ok"] ? [] : findings
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      return [error.message ?? error.resultCode.description]
    }
  }

  /// Whether a finding is about what stands in a row, and not about the file's structure.
  static func isAboutRow(_ finding: String) -> Bool {
    let begins = [
      "CHECK constraint failed in", "NULL value in", "NUMERIC value in", "TEXT value in",
    ]
    return begins.contains(where: finding.hasPrefix)
      || finding.hasPrefix("non-") && !finding.hasPrefix("non-unique")
  }

  /// - Parameter isProtocol: as `Store.check`.
  func rowFaults(_ isProtocol: (String) -> Bool) throws -> [RowFault] {
    let check = try RowCheck()
    let faults = try check.faults(in: self)
    guard let evaluations = check.tables.first(where: { $0.name == "evaluations" }) else {
      return faults
    }
    let protocols = try Row.fetchAll(
      self, sql: "SELECT \(evaluations.keySelection), protocol FROM evaluations")
    let known = Set(faults.filter { $0.table == "evaluations" }.map(\.key))
    let withoutForm = try protocols.compactMap { row -> RowFault? in
      let key = RowKey(row, from: 0, of: evaluations)
      guard !known.contains(key), try !isProtocol(row.value("protocol")) else { return nil }
      return RowFault(
        table: "evaluations", key: key, reason: "“protocol” is not of its form", isOfValue: false)
    }
    return faults + withoutForm
  }

  /// How the index differs from the captions, which SQLite tells by failing to write; or what of its
  /// settings is not this program's, and may make every search fail.
  private func indexFault() throws -> String? {
    let hasRank = try Bool.fetchOne(
      self,
      sql: "SELECT EXISTS (SELECT 1 FROM caption_texts_config WHERE k = 'rank' AND v <> 'bm25()')")
    if hasRank == true { return "somebody has changed how it ranks" }
    do {
      try execute(
        sql: "INSERT INTO caption_texts (caption_texts, rank) VALUES ('integrity-check', 1)")
      return nil
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      return error.message ?? error.resultCode.description
    }
  }
}
