import Foundation

/// A command as the program itself describes it.
struct CommandHelp: Decodable {
  struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String
    }

    /// `positional`, `option` or `flag`.
    let kind: String
    let names: [Name]?
    let valueName: String?

    /// As they are written on the command line; none for what stands at its place.
    var longNames: [String] { names?.filter { $0.kind == "long" }.map { "--" + $0.name } ?? [] }
  }

  let commandName: String
  let superCommands: [String]?
  let subcommands: [CommandHelp]?
  let arguments: [Argument]?

  var words: [String] { (superCommands ?? []) + [commandName] }

  /// All commands, each before those in it.
  static func all(of tool: CommandLineTool) throws -> [CommandHelp] {
    struct Dump: Decodable { let command: CommandHelp }
    let dump = try tool.run(["--experimental-dump-help"])
    let root = try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command
    func all(_ command: CommandHelp) -> [CommandHelp] {
      [command] + (command.subcommands ?? []).filter { $0.commandName != "help" }.flatMap(all)
    }
    return all(root)
  }
}
