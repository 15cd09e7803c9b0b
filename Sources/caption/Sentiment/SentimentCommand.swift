import ArgumentParser

/// `caption sentiment`
struct SentimentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sentiment",
    abstract: "Tell the sentiment of text.",
    subcommands: [SentimentPretrainCommand.self, SentimentTrainCommand.self])
}
