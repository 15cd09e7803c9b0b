import ArgumentParser

/// `caption train`: training, and what belongs to it.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a captioner, see whether it can learn, and look at how it went.",
    usage: """
      caption train --dataset NAME|FOLDER --output MODEL [OPTIONS]
      caption train SUBCOMMAND ...
      """,
    discussion: """
      “caption help train decoder” lists the options of training.

      EXAMPLES:
        caption train check --dataset flickr8k
        caption train --dataset flickr8k --output mine --epochs 10 --patience 3
        caption train plot mine/log.ndjson --output mine.svg
      """,
    subcommands: [TrainDecoderCommand.self, TrainCheckCommand.self, TrainPlotCommand.self],
    defaultSubcommand: TrainDecoderCommand.self)
}
