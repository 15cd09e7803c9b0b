import ArgumentParser
import ModelFiles

/// `caption model list`: the installed models.
struct ModelListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Print the name, folder and kind of every installed model.",
    discussion: """
      EXAMPLE:
        caption model list
      """)

  func run() throws {
    for model in ModelFolder.installed() {
      try printLine(
        [model.name, model.folder.path, model.kind].map(Table.escaped).joined(separator: "\t"))
    }
  }
}
