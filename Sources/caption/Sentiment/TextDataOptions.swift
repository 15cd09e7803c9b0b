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

  @Option(help: ArgumentHelp("The column of the labels.", valueName: "name"))
  var labelColumn: String?

  /// The texts of a file or folder, with labels.
  ///
  /// - Throws: `DatasetError`.
  func labelledTexts(_ path: String, isQuiet: Bool) throws -> [LabelledText] {
    let contents = try source(path).labelledTexts()
    if !isQuiet { report(contents.problems, path) }
    return contents.texts
  }

  /// The texts of a file or folder, whether they have labels or not.
  ///
  /// - Throws: `DatasetError`.
  func texts(_ path: String, isQuiet: Bool) throws -> [String] {
    let contents = try source(path).texts()
    if !isQuiet { report(contents.problems, path) }
    return contents.texts
  }

  private func source(_ path: String) -> LabelledTextSource {
    var source = LabelledTextSource(path: FilePath(argument: path), format: format)
    source.textColumn = textColumn
    source.labelColumn = labelColumn
    source.hasCanonicalLabels = true
    return source
  }

  /// Tells the first of each kind, and how many there are of it.
  private func report(_ problems: [DatasetProblem], _ path: String) {
    let kinds = Dictionary(grouping: problems, by: \.kind)
    for kind in DatasetProblem.Kind.allCases {
      guard let found = kinds[kind], let first = found.first else { continue }
      let others = found.count == 1 ? "" : " (\(found.count) such texts)"
      note("\(path), \(first.origin.place): \(first.detail)\(others)")
    }
  }
}

extension LabelledTextFormat: ExpressibleByArgument {}
