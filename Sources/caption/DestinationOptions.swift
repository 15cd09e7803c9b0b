import ArgumentParser

/// Where an export is written.
struct DestinationOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to (default: standard output).", valueName: "file"),
    completion: .file())
  var output: String?
}
