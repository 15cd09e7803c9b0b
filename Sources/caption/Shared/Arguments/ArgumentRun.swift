import ArgumentParser

/// Arguments of the command line that follow one another, handed to the parser as one.
///
/// The parser's time grows with the square of their number: 8,000 photos took it seconds, and a
/// shell's `*.jpg` is easily as many.
struct ArgumentRun: ExpressibleByArgument {
  let arguments: [String]

  init?(argument: String) {
    guard argument.utf8.first == Self.mark else {
      arguments = [argument]
      return
    }
    let rest = argument.utf8.dropFirst()
    arguments = rest.split(separator: Self.mark, omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
  }

  /// Begins a run and stands between its arguments. No argument of the system's can hold it.
  fileprivate static let mark: UInt8 = 0

  /// So many arguments without a dash are given to the parser as they are, wherever some follow one
  /// another, because the first of them may be subcommands, or values of the options before them.
  private static let kept = 16

  /// The command line with its long runs each as one argument, what means something to the parser
  /// where it was.
  static func gathering(_ arguments: [String]) -> [String] {
    guard arguments.count > kept else { return arguments }
    var gathered: [String] = []
    var run: [String] = []
    func end() {
      gathered += run.prefix(kept)
      let rest = run.dropFirst(kept)
      if !rest.isEmpty { gathered.append("\0" + rest.joined(separator: "\0")) }
      run = []
    }
    // As the parser tells them apart.
    var isBehindTerminator = false
    for argument in arguments {
      if isBehindTerminator || argument.first != "-" || argument == "-" {
        run.append(argument)
      } else {
        end()
        gathered.append(argument)
        isBehindTerminator = argument == "--"
      }
    }
    end()
    return gathered
  }
}

/// A command that takes any number of arguments, all of which are `ArgumentRun`s but those that come
/// first.
protocol TakesManyArguments: ParsableCommand {
  var arguments: [ArgumentRun] { get }
}

extension CaptionCommand {
  /// The command that arguments stand for, as by `parseAsRoot`, whatever their number.
  ///
  /// - Throws: what `parseAsRoot` throws.
  static func parse(manyOf arguments: [String]) throws -> any ParsableCommand {
    let gathered = ArgumentRun.gathering(arguments)
    guard gathered.count < arguments.count else { return try parseAsRoot(arguments) }
    do {
      let command = try parseAsRoot(gathered)
      if command is any TakesManyArguments { return command }
    } catch {
      // What names a run is said again of its arguments.
      guard fullMessage(for: error).utf8.contains(ArgumentRun.mark) else { throw error }
    }
    return try parseAsRoot(arguments)
  }
}
