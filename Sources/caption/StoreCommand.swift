import ArgumentParser
import Batch
import Evaluation
import Foundation
import Store
import SystemPackage

/// `caption store …`: care for the store, and exchange with others.
struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Look after the store of captions; join it with others.",
    discussion: """
      A store may come from a stranger: one in whose schema is a trigger, a view or anything else \
      that caption has not made is not opened, nor merged (status 65). A store on a disk that \
      cannot be written, with a log of unfinished work beside it, is read from a copy among the \
      temporary files; at most 16 GiB are copied.

      EXAMPLES:
        caption store info
        caption store backup /media/disk/captions.sqlite
        caption worker < list.txt | caption store import -
        caption store merge part-*.sqlite
      """,
    subcommands: [
      Info.self, Check.self, Vacuum.self, Backup.self, Import.self, Merge.self,
    ])

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print where the store is, how large, and what it holds.",
      discussion: """
        EXAMPLES:
          caption store info
          caption store info --json | jq .counts.captions
        """)

    @OptionGroup var store: StoreOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      let info = try store.with(.read) { try $0.info() }
      guard !json else {
        try printLine(jsonLine(info))
        return
      }
      let size = String(format: "%.1f MB", Double(info.byteCount) / 1e6)
      try printRows(
        [("store", info.path), ("size", size), ("format", "\(info.version)")] + rows(info.counts)
          + info.models.map { model in
            (
              "model",
              "\(model.name) \(model.hash.description.prefix(12)), "
                + "\(model.captions) captions, \(model.embeddings) embeddings"
            )
          }
          + info.sentimentModels.map { model in
            (
              "sentiment model",
              "\(model.name) \(model.hash.description.prefix(12)), "
                + "\(model.texts) texts, \(model.captions) captions"
            )
          })
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
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
      let goneFiles: [String]
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
        goneFiles = check.goneFiles.map { String(decoding: $0) }
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

  struct Vacuum: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give unused space back to the disk, and speed searching up.",
      discussion: """
        EXAMPLE:
          caption store vacuum
        """)

    @OptionGroup var store: StoreOptions

    func run() throws {
      let (before, after) = try store.with(.write) { try $0.vacuum() }
      try printRows([("bytes before", "\(before)"), ("bytes after", "\(after)")])
    }
  }

  struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a copy of the store, also while it is written to.",
      discussion: """
        EXAMPLE:
          caption store backup /media/disk/captions.sqlite
        """)

    @Argument(
      help: ArgumentHelp("Where to write.", valueName: "file"),
      completion: .file(extensions: ["sqlite"]))
    var file: String

    @OptionGroup var store: StoreOptions

    @Flag(help: "Replace a file that is there, unless it is a photo or a model's.")
    var force = false

    func run() throws {
      try Replacement(kind: .store, inputs: [store.path], isForced: force).check(FilePath(file))
      do {
        try store.with(.read) { try $0.backup(to: FilePath(file), replacing: force) }
      } catch StoreError.exists(let path) {
        throw ValidationError("\(path) is there already; --force replaces it.")
      }
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Enter what “caption worker”, Spark or another store's export has found.",
      discussion: """
        Reads one JSON object a line. All of them are entered or, where one cannot be, none. \
        What the store has already stays as it is, but a newer caption by the same model and \
        settings replaces an older one; so importing twice changes nothing. Objects with an \
        “error” become failures. Relative paths count from the working directory.

        A “sentiment” of the caption, as exports have it, is entered, too.

        Instead of a machine's caption, “human_captions”, [{"text": …}], may stand beside a \
        “content_hash” or the “path” of a file that the store knows.

        EXAMPLES:
          caption store import captions.ndjson
          caption worker < list.txt | caption store import -
        """)

    @Argument(
      help: ArgumentHelp("A file, or - for standard input.", valueName: "file"),
      completion: .file(extensions: ["ndjson"]))
    var file: String

    @OptionGroup var store: StoreOptions

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false

    /// Longer lines are refused.
    private static let maximumLength = 64 << 20

    func run() throws {
      let input = try open()
      let counts = try input.closeAfter {
        try store.with(.create) { store in
          try store.importing(request: jsonLine(["file": file])) { importer in
            var reader = LineReader(input, maximumLength: Self.maximumLength)
            try enterLines(of: &reader, into: &importer)
          }
        }
      }
      guard !quiet else { return }
      try printRows([
        ("captions", "\(counts.captions)"), ("human captions", "\(counts.humanCaptions)"),
        ("embeddings", "\(counts.embeddings)"), ("failures", "\(counts.failures)"),
        ("sentiments", "\(counts.sentiments)"),
        ("lines with nothing new", "\(counts.unchanged)"),
      ])
    }

    private var name: String { file == "-" ? "standard input" : file }

    private func enterLines(of reader: inout LineReader, into importer: inout Importer) throws {
      let showsProgress = !quiet && isatty(STDERR_FILENO) == 1
      var number = 0
      defer { if showsProgress, number >= 1000 { writeToStandardError("\n") } }
      while let line = try nextLine(of: &reader) {
        number += 1
        if showsProgress, number % 1000 == 0 { writeToStandardError("\r\(number) lines") }
        func malformed(_ reason: String) -> FileError {
          .malformed(path: name, reason: "line \(number): \(reason); nothing was imported")
        }
        guard case .line(let bytes) = line else {
          throw malformed("it is longer than \(Self.maximumLength >> 20) MiB")
        }
        if bytes.isEmpty { continue }
        do {
          try importer.enter(JSONValue.decode(CaptionExchange.self, from: bytes))
        } catch let error as DecodingError {
          throw malformed(reason(error))
        } catch let error as JSONError {
          throw malformed("\(error)")
        } catch let error as ImportError {
          throw malformed(error.description)
        } catch StoreError.inconsistent(_, let reason) {
          throw malformed(reason)
        }
      }
    }

    private func nextLine(of reader: inout LineReader) throws -> LineReader.Line? {
      do {
        return try reader.next()
      } catch let error as Errno {
        throw FileError.readFailed(path: name, reason: "\(error)")
      }
    }

    /// What is imported, as a file: others must not wait for the store while a pipe is slow.
    private func open() throws -> FileDescriptor {
      let input: FileDescriptor
      do {
        input =
          try file == "-"
          ? standardInput()
          : try FileDescriptor.open(FilePath(file), .readOnly, options: .closeOnExec)
      } catch let error as Errno {
        throw FileError.notRead(path: name, reason: "\(error)")
      }
      if FileState(descriptor: input.rawValue) != nil { return input }
      let place = FileManager.default.temporaryDirectory.path
      let path = FilePath(place).appending("caption-import-\(UUID().uuidString)")
      do {
        let copy = try FileDescriptor.open(
          path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
          permissions: .ownerReadWrite)
        unlink(path.string)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while case let count = try input.read(into: buffer), count > 0 {
          try copy.writeAll(buffer[..<count])
        }
        try copy.seek(offset: 0, from: .start)
        return copy
      } catch {
        throw FileError.readFailed(path: name, reason: "\(error)")
      }
    }

    private func reason(_ error: DecodingError) -> String {
      switch error {
      case .keyNotFound(let key, _): "“\(key.stringValue)” is missing"
      case .typeMismatch(_, let context), .valueNotFound(_, let context):
        context.codingPath.isEmpty
          ? "not a JSON object" : "“\(path(context))” is not of the right type"
      case .dataCorrupted(let context):
        context.codingPath.isEmpty
          ? "not valid JSON" : "“\(path(context))”: \(context.debugDescription)"
      @unknown default: "not understood"
      }
    }

    private func path(_ context: DecodingError.Context) -> String {
      context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
        .joined(separator: ".")
    }
  }

  struct Merge: ParsableCommand, TakesManyArguments {
    static let configuration = CommandConfiguration(
      abstract: "Enter all that other stores know.",
      discussion: """
        The other stores are only read. Of two captions by the same model and settings the newer \
        stays; merging twice changes nothing. Captions that have no sentiment get the other \
        store's. Datasets, evaluations and what was written into photos stay behind.

        EXAMPLE:
          caption store merge part-1.sqlite part-2.sqlite --store all.sqlite
        """)

    @Argument(
      help: ArgumentHelp("Stores.", valueName: "file.sqlite"),
      completion: .file(extensions: ["sqlite"]))
    var arguments: [ArgumentRun]
    var others: [String] { arguments.flatMap(\.arguments) }

    @OptionGroup var store: StoreOptions

    func run() throws {
      try store.with(.create) { store in
        for other in others {
          let (before, after) = try store.merge(FilePath(other))
          try printLine(Table.escaped(other) + "\t" + gains(before, after))
        }
      }
    }

    private func gains(_ before: StoreCounts, _ after: StoreCounts) -> String {
      let gains = zip(rows(before), rows(after)).compactMap { old, new -> String? in
        let gain = (Int(new.1) ?? 0) - (Int(old.1) ?? 0)
        return gain == 0 ? nil : "\(new.0) \(gain > 0 ? "+" : "−")\(abs(gain))"
      }
      return gains.isEmpty ? "nothing new" : gains.joined(separator: ", ")
    }
  }
}

private func rows(_ counts: StoreCounts) -> [(String, String)] {
  [
    ("images", "\(counts.images)"), ("files", "\(counts.files)"),
    ("captions", "\(counts.captions)"), ("human captions", "\(counts.humanCaptions)"),
    ("embeddings", "\(counts.embeddings)"), ("models", "\(counts.models)"),
    ("sentiments", "\(counts.sentiments)"),
    ("runs", "\(counts.runs)"), ("open failures", "\(counts.openFailures)"),
  ]
}
