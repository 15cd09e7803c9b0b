import ArgumentParser
import CaptionTraining
import Files
import Foundation
import SystemPackage
import Training

/// `caption train plot`: pictures of how training went.
struct TrainPlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Plot loss, learning rate and validation scores of training runs.",
    discussion: """
      Reads the log of any command that trains, also while it still runs. Several logs are drawn \
      into the same charts, to compare.

      EXAMPLES:
        caption train plot model
        caption train plot model/log.ndjson --output model.png
        caption train plot first second third --smoothing 0.95
      """)

  @Argument(
    help: ArgumentHelp("Logs, or the folders of models with their logs.", valueName: "log"),
    completion: .file())
  var logs: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Where to write, as SVG or PNG by the name.", valueName: "file.svg|file.png"),
    completion: .file(extensions: ["svg", "png"]))
  var output = PlotFile.standard

  @OptionGroup var replacement: ReplacementOptions

  @Option(
    help: ArgumentHelp(
      "How smooth the bold line of the loss is, from 0 to below 1.", valueName: "share"),
    transform: decimalNumber)
  var smoothing = 0.8

  func validate() throws {
    guard (0..<1).contains(smoothing) else {
      throw ValidationError("--smoothing takes a number from 0 to below 1.")
    }
    guard logs.count <= TrainingFigures.largestRunCount else {
      throw ValidationError(
        "At most \(TrainingFigures.largestRunCount) logs can be told apart by their colours.")
    }
  }

  func run() throws {
    let paths = try logs.map(Self.logPath)
    let plot = try output.open(replacement, inputs: paths.map { FilePath(argument: $0) })
    let runs = try zip(Self.names(of: paths), paths).map { name, path in
      let entries = try TrainingLog.read(path: path)
      guard !entries.isEmpty else {
        throw TrainingError.data(path: path, reason: "nothing has been logged yet")
      }
      return TrainingFigures.Run(name: name, entries: entries)
    }
    try plot.write(TrainingFigures.figure(of: runs, smoothing: smoothing))
    try printRows([("plot", output.path)])
  }

  /// A log's own path.
  ///
  /// - Throws: `FileError.notRead` where there is none.
  private static func logPath(_ argument: String) throws -> String {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder)
    let path = exists && isFolder.boolValue ? argument + "/log.ndjson" : argument
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw FileError.notRead(
        path: path,
        reason: systemReason(exists && !isFolder.boolValue ? EACCES : ENOENT))
    }
    return path
  }

  /// What tells logs apart: the names of their folders, or as much of their paths as that takes.
  private static func names(of paths: [String]) -> [String] {
    let parts = paths.map { path in
      let components = URL(filePath: path).standardizedFileURL.pathComponents
      return components.last == "log.ndjson" && components.count > 1
        ? Array(components.dropLast()) : components
    }
    let longest = parts.map(\.count).max() ?? 1
    for count in 1...max(1, longest) {
      let names = parts.map { $0.suffix(count).joined(separator: "/") }
      if Set(names).count == names.count { return names }
    }
    return paths
  }
}
