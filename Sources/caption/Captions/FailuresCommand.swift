import ArgumentParser
import Store
import SystemPackage

/// `caption failures`: the photos that could not be captioned.
struct FailuresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "failures",
    abstract: "List the photos that could not be captioned, and why.",
    discussion: """
      It prints path, reason and time (UTC), the latest first. “caption batch --retry-failed” tries \
      them again; “caption forget” takes them off the list.

      EXAMPLES:
        caption failures
        caption failures | cut -f 1 | caption batch --retry-failed -
      """)

  @Flag(help: "Also print failures that are over.")
  var all = false

  @OptionGroup var album: AlbumOptions
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let failures = try storeOptions.with(.read) {
      try $0.failures(closed: all, datasets: album.datasets)
    }
    try output.print(columns: ["path", "reason", "failed"], rows: failures) {
      [$0.path.string, $0.reason, $0.failedAt]
    }
  }
}
