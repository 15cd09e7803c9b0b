import ArgumentParser

/// `caption sentiment …`: what texts feel like.
struct SentimentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sentiment",
    abstract: "Tell whether texts are positive, negative or neutral.",
    usage: """
      caption sentiment [TEXT...] [OPTIONS]
      caption sentiment SUBCOMMAND ...
      """,
    discussion: """
      Given texts or lines, it prints the label of each, its probability and the text; “caption help \
      sentiment classify” lists the options. A text that is called like a subcommand comes behind \
      “classify”.

      EXAMPLES:
        caption sentiment "not terrible, it's great"
        caption sentiment < reviews.txt
        caption sentiment --captions
      """,
    subcommands: [
      SentimentClassifyCommand.self, SentimentListCommand.self, SentimentTrainCommand.self,
      SentimentPretrainCommand.self,
    ],
    defaultSubcommand: SentimentClassifyCommand.self)
}
