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
    holdStandardStreams()
    // A reader that has seen enough, such as “head”, ends the program without a word. Some parents
    // have their children ignore the signal.
    signal(SIGPIPE, SIG_DFL)
    // A file that would grow beyond what the user may write is an error like a full disk.
    signal(SIGXFSZ, SIG_IGN)
    SignalReceiver.letSignalsEndTheProgram()
    do {
      var command = try parse(manyOf: Array(CommandLine.arguments.dropFirst()))
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      Foundation.exit(status(after: error).rawValue)
    }
  }

  /// Says what there is to say of an error, and what the exit status is then.
  private static func status(after error: any Error) -> ExitCode {
    guard isOfArgumentParser(error) else {
      report(error)
      return exitStatus(of: error)
    }
    let (text, status) = (fullMessage(for: error), exitCode(for: error))
    guard !text.isEmpty else { return status }
    guard status == .success else {
      writeToStandardError(TerminalText.lines(withArgumentsOnALine(text)) + "\n")
      return status
    }
    // Help, the version and completions are results like others.
    do {
      try printLine(text)
      return status
    } catch {
      return Self.status(after: error)
    }
  }

  /// Whether the argument parser can tell what an error is: one of its own, most of which it keeps
  /// to itself.
  private static func isOfArgumentParser(_ error: any Error) -> Bool {
    String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }

  /// The text, with no line ends in the arguments that it repeats: these look like lines of its own.
  private static func withArgumentsOnALine(_ text: String) -> String {
    CommandLine.arguments.dropFirst().reduce(text) { text, argument in
      let parts = [argument] + argument.split(separator: "=", maxSplits: 1).map(String.init)
      return parts.filter { $0.contains(where: \.isNewline) }.reduce(text) {
        $0.replacing($1, with: TerminalText.line($1))
      }
    }
  }
}
