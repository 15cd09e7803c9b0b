import ArgumentParser
import Datasets
import Foundation
import Store
import SystemPackage

/// `caption dataset import`: photos and captions from files into the store.
struct DatasetImportCommand: ParsableCommand, TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read a dataset from files and keep it under a name.",
    discussion: """
      FORMATS:
        coco       captions_val2014.json; a file a split: train=FILE val=FILE
        karpathy   dataset_coco.json and its like; restval counts as train
        flickr8k   Flickr8k.token.txt or its folder, with the lists of splits
                   beside it or those given as train=FILE val=FILE
        flickr30k  results.csv; lists of splits as train=FILE
        csv        a heading with a column for the photo (image, file_name,
                   filename, …) and one for captions (caption, text, raw,
                   sentence, comment, …), perhaps split, id; a cell may hold
                   a list of captions as JSON or Python write it
        jsonl      an object a line, or one array, with members called as the
                   columns of csv; captions are a string or a list of them
        folder     photos with captions beside them, one a line, in
                   photo.caption or photo.txt, also photo.jpg.caption and
                   photo.jpg.txt; folders train, val, test

      All is entered or, where that cannot be, nothing; entering the same again changes nothing. \
      Broken rows are repaired where there is only one way to, else left out, and either is told \
      on standard error; “caption dataset check” lists everything that was found. Bytes that are not \
      UTF-8 are read as Windows-1252, and told. Captions that VizWiz marks as precanned or rejected \
      are left out, as its own evaluation does.

      EXAMPLES:
        caption dataset import coco --format karpathy dataset_coco.json
        caption dataset import coco --format coco val=captions_val2014.json
        caption dataset import mine --format csv captions.csv --split test
      """)

  @Argument(help: "What to call the dataset.")
  var name: String

  @Argument(
    help: ArgumentHelp("Files, or a folder.", valueName: "[split=]file"), completion: .file())
  var arguments: [ArgumentRun]
  var sources: [String] { arguments.flatMap(\.arguments) }

  @Option(name: .shortAndLong, help: "The format: see above.")
  var format: DatasetFormat

  @Option(
    help: ArgumentHelp(
      "Where the photos lie, in it or in folders in it; may be repeated (default: where the files "
        + "are, and in images beside them).", valueName: "folder"),
    completion: .directory)
  var images: [String] = []

  @Option(help: "The split of photos of which the files do not say one (default: all).")
  var split: String?

  @Option(help: ArgumentHelp("Between the columns of csv: a character, or tab.", valueName: "mark"))
  var separator: String?

  @Flag(help: "Replace a dataset of that name.")
  var replace = false

  @Flag(help: "With --replace: remove evaluations of splits that change.")
  var withRuns = false

  @Flag(help: "Enter nothing where anything is wrong with the files.")
  var strict = false

  @OptionGroup var store: StoreOptions

  @Option(help: "How to show progress: a bar on a terminal, plain lines, or nothing.")
  var progress = Progress.Style.auto

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard !name.isEmpty else { throw ValidationError("A dataset needs a name.") }
    guard !sources.isEmpty else { throw ValidationError("Say which files to read.") }
    try requires(["--separator": separator], with: "--format csv", format == .csv)
    let folders = images.isEmpty ? nil : images
    try excludes(["--images": folders], with: "--format folder", format == .folder)
    guard separatorByte != nil else {
      throw ValidationError("--separator takes one ASCII character, or tab.")
    }
    try requires(["--with-runs": withRuns], with: "--replace", replace)
    guard split.map({ DatasetSplit.canonical($0) != nil }) ?? true else {
      throw ValidationError("--split takes a name.")
    }
  }

  func run() throws {
    let request = request
    try excludes(
      ["--split": split], with: "files that each have theirs",
      request.sources.allSatisfy { $0.split != nil })
    var contents = try request.read()
    try checkPhotos(of: &contents)
    let report = DatasetReport(contents.problems)
    if !quiet { for line in report.summary(dataset: name) { note(line) } }
    if strict, let sentence = report.refusal {
      throw FileError.malformed(path: sources.joined(separator: ", "), reason: sentence)
    }
    let record = record(contents, request)
    let interruption = Interruption(isQuiet: false, "stopping, nothing will have been imported")
    defer { interruption.end() }
    var bar = Progress(total: record.items.count, style: progress, isQuiet: quiet)
    let change = try store.with(.create) { store in
      defer { bar.finish() }
      return try store.importDataset(record, replacing: replace, withRuns: withRuns) { count in
        if let status = interruption.exitStatus { throw ExitCode(status) }
        bar.advance(by: count, worked: count, failed: 0)
      }
    }
    try print(change, record, report)
  }

  private var separatorByte: UInt8? {
    guard let separator else { return UInt8(ascii: ",") }
    if ["tab", "\\t"].contains(separator) { return UInt8(ascii: "\t") }
    guard let byte = separator.utf8.first, separator.utf8.count == 1, !"\"\r\n".utf8.contains(byte)
    else { return nil }
    return byte
  }

  private var request: DatasetRequest {
    var request = DatasetRequest(format: format, sources: sources.map(source))
    request.photoFolders = images.map { FilePath(argument: $0) }
    if let split = DatasetSplit.canonical(split) { request.split = split }
    if let separatorByte { request.separator = separatorByte }
    return request
  }

  /// A file, or `split=file`.
  private func source(_ argument: String) -> DatasetRequest.Source {
    let path = FilePath(argument: argument)
    let isFile = FileManager.default.fileExists(atPath: argument)
    guard !isFile, let mark = argument.firstIndex(of: "="),
      case let split = argument[..<mark], !split.contains("/"), !split.isEmpty
    else { return DatasetRequest.Source(path: path) }
    // The path's own bytes, whether they are valid text or not.
    let bytes = path.data.dropFirst(split.utf8.count + 1)
    return DatasetRequest.Source(path: FilePath(data: Data(bytes)), split: String(split))
  }

  /// Where nobody said where the photos are, captions alone will do; else there must be some.
  private func checkPhotos(of contents: inout DatasetContents) throws {
    guard contents.entries.allSatisfy({ $0.path == nil }) else { return }
    guard images.isEmpty else {
      let (count, name) = (contents.entries.count, contents.entries.first?.name ?? "")
      throw FileError.malformed(
        path: images.joined(separator: ", "),
        reason: (count == 1
          ? "the dataset’s only photo, “\(name)”, is not there"
          : "none of the dataset’s \(count) photos is there, such as “\(name)”")
          + "; nothing was imported")
    }
    contents.problems.removeAll { $0.kind == .missingPhoto }
    if !quiet {
      note(
        "the photos were not found; --images FOLDER says where they are, with --replace where the "
          + "dataset is there already")
    }
  }

  private func record(_ contents: DatasetContents, _ request: DatasetRequest) -> DatasetRecord {
    DatasetRecord(
      name: name, format: format.rawValue, sources: request.sources.map(\.path),
      items: contents.entries.map { entry in
        DatasetRecord.Item(
          name: entry.name, externalID: entry.externalID, split: entry.split ?? request.split,
          path: entry.path, references: entry.references)
      },
      // Missing photos may come; “check” looks for them anew.
      problems: contents.problems.filter { $0.kind != .missingPhoto }.map(DatasetProblemRecord.init)
    )
  }

  private func print(
    _ change: DatasetChange, _ record: DatasetRecord, _ report: DatasetReport
  ) throws {
    let splits = record.items.reduce(into: [:]) { $0[$1.split, default: 0] += 1 }
    let captions = record.items.reduce(0) { $0 + $1.references.count }
    if json {
      try printLine(
        jsonLine(
          Record(
            name: name, change: word(change), photos: record.items.count, captions: captions,
            found: record.items.count { $0.path != nil }, splits: splits,
            problems: report.counts)))
    } else if !quiet {
      try printRows(
        [("dataset", name), ("change", sentence(change))]
          + splits.sorted { $0.key < $1.key }.map { ("photos in \($0.key)", "\($0.value)") }
          + [("captions", "\(captions)")])
    }
  }

  private struct Record: Encodable {
    let name: String
    let change: String
    let photos: Int
    let captions: Int
    let found: Int
    let splits: [String: Int]
    let problems: [String: Int]
  }

  private func word(_ change: DatasetChange) -> String {
    switch change {
    case .created: "created"
    case .unchanged: "unchanged"
    case .replaced: "replaced"
    }
  }

  private func sentence(_ change: DatasetChange) -> String {
    guard case .replaced(let added, let changed, let removed, let evaluations) = change else {
      return change == .created ? "created" : "none: all was there already"
    }
    let photos =
      "replaced: \(counted(added, "photo")) added, \(changed) changed, \(removed) removed"
    return evaluations == 0
      ? photos : photos + ", \(counted(evaluations, "evaluation")) removed"
  }
}

extension DatasetFormat: ExpressibleByArgument {}

extension DatasetProblemRecord {
  init(_ problem: DatasetProblem) {
    self.init(
      kind: problem.kind.rawValue, file: problem.origin.file,
      place: problem.origin.place == .whole ? "" : "\(problem.origin.place)",
      detail: problem.detail)
  }
}
