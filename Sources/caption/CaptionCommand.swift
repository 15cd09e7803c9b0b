import ArgumentParser
import Batch
import Foundation

@main
struct CaptionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "caption",
    abstract: "Describes photographs in words, offline, on this machine.",
    usage: """
      caption PHOTO... [OPTIONS]
      caption SUBCOMMAND ...
      """,
    discussion: """
      Given photos, it prints a caption for each; “caption help describe” lists the options. \
      A photo that is called like a subcommand is given as ./NAME.

      EXAMPLES:
        caption photo.jpg
        caption --beam 3 --json holiday/*.jpg
        caption photo.jpg --attention figure.png
      """,
    version: programVersion,
    subcommands: [
      DescribeCommand.self, BatchCommand.self, WorkerCommand.self, SearchCommand.self,
      ListCommand.self, ShowCommand.self, SimilarCommand.self, StatsCommand.self,
      DiffCommand.self, FailuresCommand.self, NoteCommand.self, ForgetCommand.self,
      UndoCommand.self, StripCommand.self, ExportCommand.self, StoreCommand.self,
      FeaturesCommand.self, ClassifyCommand.self, ModelCommand.self, DatasetCommand.self,
      ScoreCommand.self,
      EvaluateCommand.self, RunsCommand.self, TrainCommand.self, SentimentCommand.self,
    ],
    defaultSubcommand: DescribeCommand.self)

  /// Runs the command line, and turns a failure into a sentence and an exit status.
  static func main() async {
    // A reader that has seen enough, such as “head”, ends the program without a word. Some parents
    // have their children ignore the signal.
    signal(SIGPIPE, SIG_DFL)
    SignalReceiver.letSignalsEndTheProgram()
    do {
      var command = try parse(manyOf: Array(CommandLine.arguments.dropFirst()))
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      guard let status = exitStatus(of: error) else { exit(withError: error) }
      report(error)
      exit(withError: status)
    }
  }
}

/// Writes an error's sentence to standard error.
func report(_ error: any Error) { note("\(error)") }

/// Writes a line of the program's own to standard error.
func note(_ text: String) { writeToStandardError("caption: \(text)\n") }

/// Writes a text for a person. That nobody can read it, on a full disk or where standard error is
/// closed, is no reason to stop.
func writeToStandardError(_ text: String) {
  try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
}
