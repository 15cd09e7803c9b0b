import ArgumentParser
import SystemPackage

/// Where an export is written.
struct DestinationOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to (default: standard output).", valueName: "file"),
    completion: .file())
  var output: String?

  @OptionGroup private var replacement: ReplacementOptions

  func validate() throws {
    try requires(["--force": replacement.force], with: "--output", output != nil)
  }

  /// The file that is to be written.
  ///
  /// - Parameter inputs: the files that the command reads.
  /// - Throws: as `ResultFile.init`.
  func open(for kind: FileKind, inputs: [FilePath] = []) throws -> ResultFile {
    try ResultFile(path: output, replacement.replacement(by: kind, inputs: inputs))
  }
}

/// What an output may take the place of: shared by all commands that write a file.
struct ReplacementOptions: ParsableArguments {
  @Flag(
    help: """
      Let the output replace a file of another kind; nothing lets it replace what the command reads, \
      a store, a model's file or a photo.
      """)
  var force = false

  func replacement(by kind: FileKind, inputs: [FilePath] = []) -> Replacement {
    Replacement(kind: kind, inputs: inputs, isForced: force)
  }
}
