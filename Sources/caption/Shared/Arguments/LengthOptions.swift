import ArgumentParser

/// How much of a list is printed: shared by all commands whose lists may be long.
struct LengthOptions<Usual: UsualLength>: ParsableArguments {
  @Option(
    name: .customLong("limit"),
    help: ArgumentHelp(
      "Print this many \(Usual.rows) at most (default: \(Usual.limit)).", valueName: "count"))
  private var chosenLimit: Int?

  @Flag(help: "Print all \(Usual.rows).")
  private var all = false

  /// Nil for all.
  var limit: Int? { all ? nil : chosenLimit ?? Usual.limit }

  func validate() throws {
    if let chosenLimit, chosenLimit < 1 {
      throw ValidationError("--limit takes a number from 1, not \(chosenLimit).")
    }
    try excludes(["--limit": chosenLimit], with: "--all", all)
  }
}

/// What is listed, and how much where nothing is said.
protocol UsualLength {
  static var limit: Int { get }
  static var rows: String { get }
}
