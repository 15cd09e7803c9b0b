import ArgumentParser

/// `caption train`: training, and what belongs to it.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Look at how models are trained.",
    subcommands: [TrainPlotCommand.self])
}
