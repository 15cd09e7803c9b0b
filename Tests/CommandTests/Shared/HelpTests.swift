import Foundation
import TestSupport
import Testing

/// What the program says of its commands.
struct HelpTests {
  /// The whole help text of every command, as it stands in `data/references/help.txt`, which
  /// `Scripts/references/help.py` makes anew: a change of it is seen, and is meant.
  @Test func `help texts are those that were read`() throws {
    let tool = try CommandLineTool()
    let texts = try CommandHelp.all(of: tool).map { command in
      let help = try tool.run(
        command.words.dropFirst() + ["--help"], environment: ["COLUMNS": "80"])
      #expect(help.status == 0)
      return "$ \(command.words.joined(separator: " ")) --help\n\(help.output)\n"
    }
    let golden = try String(
      contentsOf: projectFolder.appending(path: "data/references/help.txt"), encoding: .utf8)
    let (found, expected) = (
      texts.joined().split(separator: "\n", omittingEmptySubsequences: false),
      golden.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let first = zip(found, expected).enumerated().first { $1.0 != $1.1 }
    #expect(
      first == nil && found.count == expected.count,
      "line \((first?.offset ?? min(found.count, expected.count)) + 1) differs")
  }
}
