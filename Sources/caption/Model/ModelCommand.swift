import ArgumentParser

/// `caption model …`: which models there are, what they are, and how sure of themselves.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "List the installed models, describe one, or calibrate its confidence.",
    discussion: """
      EXAMPLES:
        caption model list
        caption model info embedded
        caption model calibrate ./mine --dataset flickr8k
      """,
    subcommands: [ModelListCommand.self, ModelInfoCommand.self, ModelCalibrateCommand.self])
}
