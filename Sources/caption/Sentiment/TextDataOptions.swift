import ArgumentParser
import Datasets
import SystemPackage

/// How files of texts are read: shared by the commands that train on texts.
struct TextDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How the texts stand in the files (default: what the files show).", valueName: "format"))
  var format: LabelledTextFormat?

  @Option(help: ArgumentHelp("The column of the texts in csv, tsv and jsonl.", valueName: "name"))
  var textColumn: String?

  /// Whether the texts may stand in columns.
  var hasColumns: Bool { format.map { [.tsv, .csv, .jsonl].contains($0) } ?? true }

  func validate() throws {
    try requires(["--text-column": textColumn], with: Self.columned, hasColumns)
  }

  static let columned = "--format tsv, csv or jsonl"

  /// The texts of a file or folder, with labels as they stand there.
  ///
  /// - Throws: `DatasetError`.
  func labelledTexts(
    _ path: String, labelColumn: String?, isQuiet: Bool
  ) throws -> [LabelledText] {
    var source = source(path)
    source.labelColumn = labelColumn
    let contents = try source.labelledTexts()
    if !isQuiet { report(contents.problems) }
    return contents.texts
  }

  /// The texts of a file or folder, whether they have labels or not.
  ///
  /// - Throws: `DatasetError`.
  func texts(_ path: String, isQuiet: Bool) throws -> [String] {
    let contents = try source(path).texts()
    if !isQuiet { report(contents.problems) }
    return contents.texts
  }

  private func source(_ path: String) -> LabelledTextSource {
    var source = LabelledTextSource(path: FilePath(argument: path), format: format)
    source.textColumn = textColumn
    return source
  }

  /// What problems are counted together.
  private struct Group: Hashable {
    let kind: DatasetProblem.Kind
    /// Whether it is about a whole file, as about one in UTF-16.
    let isWhole: Bool
    /// What was made of a broken row.
    let outcome: Substring?

    init(_ problem: DatasetProblem) {
      kind = problem.kind
      isWhole = problem.origin.place == .whole
      outcome = kind == .brokenRow ? problem.detail.split(separator: "; ").last : nil
    }
  }

  /// Tells the first of each group, and how many there are of it.
  private func report(_ problems: [DatasetProblem]) {
    let groups = Dictionary(grouping: problems, by: Group.init)
    var told: Set<Group> = []
    for first in problems {
      let group = Group(first)
      guard told.insert(group).inserted, let count = groups[group]?.count else { continue }
      let (file, place) = (first.origin.file, first.origin.place)
      let others = count == 1 ? "" : " (\(count) such texts)"
      let isGuess = group.kind == .otherEncoding && !group.isWhole
      let wayOut = isGuess ? "; " + SentimentTable.otherEncodings(of: file) : ""
      note((group.isWhole ? file : "\(file), \(place)") + ": \(first.detail)\(others)\(wayOut)")
    }
  }
}

extension LabelledTextFormat: ExpressibleByArgument {}
