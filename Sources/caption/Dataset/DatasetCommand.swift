import ArgumentParser

/// `caption dataset …`: photos with people's captions, to train on and to measure by.
struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset",
    abstract: "Keep datasets of photos and people’s captions, and look them over.",
    discussion: """
      EXAMPLES:
        caption dataset import flickr8k --format flickr8k Flickr8k_text
        caption dataset info flickr8k
        caption dataset check flickr8k
        caption dataset export flickr8k --format coco --split val > references.json
      """,
    subcommands: [
      DatasetImportCommand.self, DatasetListCommand.self, DatasetInfoCommand.self,
      DatasetCheckCommand.self, DatasetExportCommand.self, DatasetRemoveCommand.self,
    ])
}
