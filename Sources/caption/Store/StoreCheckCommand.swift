import ArgumentParser
import Batch
import Evaluation
import Store
import SystemPackage

/// `caption store check`: damage, and photos that have gone.
struct StoreCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look for damage in the store, and for photos that have gone.",
    discussion: """
      The exit status is 65 if the store is damaged. Files that have gone are no damage: \
      captions belong to pictures and wait for them to come back. Only --fix changes anything.

      With --fix, rows that cannot be understood, and those that are nothing without them, are \
      taken out of the store into STORE.set-aside.ndjson, one JSON object a line; one on which others \
      hang, such as a photo's with its notes, is kept with a neutral value instead. Where the file \
      itself is damaged, or somebody has altered its schema, a new store is made of what can be \
      read, and the old one stays as STORE.damaged. Copy the store first; no other program \
      should be using it.

      EXAMPLES:
        caption store check
        caption store check --fix
      """)

  @OptionGroup var store: StoreOptions

  @Flag(
    help: """
      Forget the paths of files that have gone, but not those of disks that are not connected; \
      set aside what cannot be understood, make the index for searching anew, and remove what \
      killed processes left unfinished beside photos.
      """)
  var fix = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    do {
      try check()
    } catch let error as StoreError {
      guard case .damaged = error else { throw error }
      // Else it would be told to run this very command.
      throw HintedFailure(failure: error, hint: nil)
    }
  }

  private func check() throws {
    let repair = fix ? try fixed() : nil
    let leftOvers = fix ? try store.with(.read, PhotoWriter.clearLeftOvers(knownTo:)) : 0
    let check = try checked()
    try print(check, repair, leftOvers: leftOvers)
    if check.isDamaged { throw ExitCode(65) }
  }

  private func checked() throws -> StoreCheck {
    try store.with(.read) { try $0.check(isProtocol: RunProtocol.isWritten(in:)) }
  }

  private func fixed() throws -> StoreRepair {
    do {
      let found = try checked()
      if found.structuralFaults.isEmpty {
        return try store.with(.write) {
          try $0.repair(goneFiles: found.goneFiles, isProtocol: RunProtocol.isWritten(in:))
        }
      }
    } catch StoreError.altered, StoreError.damaged {
      // Opened as it is, it cannot be looked at.
    }
    return try Store.salvage(store.path, isProtocol: RunProtocol.isWritten(in:))
  }

  private func print(_ check: StoreCheck, _ repair: StoreRepair?, leftOvers: Int) throws {
    guard !json else {
      try printLine(jsonLine(Record(check, repair, leftOvers: leftOvers)))
      return
    }
    var rows = [
      ("database", check.faults.isEmpty ? "sound" : "damaged"),
      (
        "index",
        check.indexFault.map { "damaged: \($0); --fix makes it anew" }
          ?? (check.faults.isEmpty ? "sound" : "not checked")
      ),
      ("files that have gone", "\(check.goneFiles.count)"),
      ("files not connected", "\(check.notConnectedFiles)"),
      ("pictures without files", "\(check.picturesWithoutFiles)"),
    ]
    if let repair {
      if repair.forgottenFiles > 0 {
        rows.append(("paths forgotten", "\(repair.forgottenFiles)"))
      }
      if repair.setAside > 0 {
        let file = repair.setAsideFile.map { Table.escaped(String(decoding: $0)) } ?? ""
        rows.append(("rows set aside", "\(repair.setAside) in \(file)"))
      }
      if repair.mended > 0 {
        let file = repair.setAsideFile.map { Table.escaped(String(decoding: $0)) } ?? ""
        rows.append(("rows mended", "\(repair.mended); as they were in \(file)"))
      }
      if let damaged = repair.damagedFile {
        rows.append(("store as it was", Table.escaped(String(decoding: damaged))))
      }
      rows += repair.incompleteTables.map { ("not wholly read", $0) }
    }
    if leftOvers > 0 { rows.append(("unfinished files removed", "\(leftOvers)")) }
    let shown = check.faults.prefix(Self.mostFaults)
    rows += shown.map { ("fault", Table.escaped($0)) }
    if check.faults.count > shown.count {
      rows.append(("more faults", "\(check.faults.count - shown.count)"))
    }
    if !check.faults.isEmpty, !fix {
      rows.append(
        ("advice", "copy the file, then “caption store check --fix” saves what can be read"))
    }
    rows += check.goneFiles.map { ("gone", Table.escaped(String(decoding: $0))) }
    try printRows(rows)
  }

  /// So many are told one by one.
  private static let mostFaults = 100

  private struct Record: Encodable {
    let isDamaged: Bool
    let faults: [String]
    let indexFault: String?
    let goneFiles: [CodablePath]
    let notConnectedFiles: Int
    let picturesWithoutFiles: Int
    let forgottenFiles: Int
    let setAside: Int
    let mended: Int
    let setAsideFile: String?
    let damagedFile: String?
    let incompleteTables: [String]
    let unfinishedFilesRemoved: Int

    init(_ check: StoreCheck, _ repair: StoreRepair?, leftOvers: Int) {
      unfinishedFilesRemoved = leftOvers
      isDamaged = check.isDamaged
      faults = check.faults
      indexFault = check.indexFault
      goneFiles = check.goneFiles.map(CodablePath.init)
      notConnectedFiles = check.notConnectedFiles
      picturesWithoutFiles = check.picturesWithoutFiles
      forgottenFiles = repair?.forgottenFiles ?? 0
      setAside = repair?.setAside ?? 0
      mended = repair?.mended ?? 0
      setAsideFile = repair?.setAsideFile.map { String(decoding: $0) }
      damagedFile = repair?.damagedFile.map { String(decoding: $0) }
      incompleteTables = repair?.incompleteTables ?? []
    }

    enum CodingKeys: String, CodingKey {
      case faults, mended
      case isDamaged = "damaged"
      case indexFault = "index_fault"
      case goneFiles = "gone_files"
      case notConnectedFiles = "not_connected_files"
      case picturesWithoutFiles = "pictures_without_files"
      case forgottenFiles = "forgotten_files"
      case setAside = "set_aside"
      case setAsideFile = "set_aside_file"
      case damagedFile = "damaged_file"
      case incompleteTables = "incomplete_tables"
      case unfinishedFilesRemoved = "unfinished_files_removed"
    }
  }
}
