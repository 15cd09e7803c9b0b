import ArgumentParser

/// `caption store …`: care for the store, and exchange with others.
struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Look after the store of captions; join it with others.",
    discussion: """
      A store may come from a stranger: one in whose schema is a trigger, a view or anything else \
      that caption has not made is not opened, nor merged (status 65). A store on a disk that \
      cannot be written, with a log of unfinished work beside it, is read from a copy among the \
      temporary files; at most 16 GiB are copied.

      EXAMPLES:
        caption store info
        caption store backup /media/disk/captions.sqlite
        caption worker < list.txt | caption store import -
        caption store merge part-*.sqlite
      """,
    subcommands: [
      StoreInfoCommand.self, StoreCheckCommand.self, StoreVacuumCommand.self,
      StoreBackupCommand.self, StoreImportCommand.self, StoreMergeCommand.self,
    ])
}
