import ArgumentParser
import Foundation
import Tensors
import TestSupport
import Testing

@testable import caption

@Suite struct ArgumentRunTests {
  /// What became of a command line: the command with all its values, or its error.
  private func outcome(_ parse: () throws -> any ParsableCommand) -> String {
    do {
      let command = try parse()
      var text = "\(type(of: command))\n"
      for child in Mirror(reflecting: command).children {
        if child.label == "_arguments", let many = command as? any TakesManyArguments {
          text += "\(many.arguments.flatMap(\.arguments))\n"
        } else {
          dump(child.value, to: &text)
        }
      }
      return text
    } catch {
      return "\(CaptionCommand.exitCode(for: error)) \(CaptionCommand.fullMessage(for: error))"
    }
  }

  private func isAsPlain(_ arguments: [String]) -> Bool {
    outcome { try CaptionCommand.parse(manyOf: arguments) }
      == outcome { try CaptionCommand.parseAsRoot(arguments) }
  }

  private let photos = (1...18).map { "photo \($0).jpg" }

  @Test(arguments: [["describe"], ["batch", "--quiet"]])
  func `many arguments are read as the parser reads them`(_ command: [String]) {
    let lists: [[String]] = [
      photos + ["--model", "other"] + photos,
      ["--model", "other"] + photos + ["--quiet"],
      photos + ["-", "", "-", "--"] + photos,
      photos + ["--", "--model", "-x", "--"] + photos,
      ["--"] + photos + ["--quiet"],
      photos + ["--bogus"] + photos,
      photos + ["-xyz"] + photos,
      photos + ["--help"], photos + ["---"],
      photos + ["batch", "help"] + photos,
      photos + ["--model=other", "--store", "-"] + photos,
      photos + ["--model"],
    ]
    for list in lists { #expect(isAsPlain(command + list), "\(command) \(list)") }
  }

  @Test(arguments: [
    [], ["strip"], ["store", "merge"], ["forget"], ["sentiment"],
    ["sentiment", "train", "--output", "model"], ["sentiment", "pretrain", "--output", "model"],
    ["dataset", "import", "--format", "coco", "mine"], ["search"], ["note"], ["help"],
    ["nonsense"],
  ])
  func `so are those of each command`(_ command: [String]) {
    #expect(isAsPlain(command + photos + ["--store", "a.sqlite"] + photos + ["--", "-"] + photos))
  }

  @Test func `so are arguments in any order`() {
    var random = SeededRandom(seed: 11)
    let commands: [[String]] = [
      [], ["batch"], ["strip"], ["sentiment"], ["store", "merge"], ["forget"],
    ]
    let words = [
      "--quiet", "--json", "-0", "--limit", "5", "--limit=3", "--say", "dog", "-", "--", "",
      "--store", "s.sqlite", "--exclude", "raw", "--no-recursive", "-v", "-q", "batch", "–", "é",
      "--redo", "--null", "-qv", "--model", "a\u{301}", "-\u{301}x",
    ]
    for _ in 0..<12 {
      var list = commands[Int.random(in: 0..<commands.count, using: &random)]
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        list.append(words[Int.random(in: 0..<words.count, using: &random)])
        if Bool.random(using: &random) {
          list += photos.prefix(Int.random(in: 1...18, using: &random))
        }
      }
      #expect(isAsPlain(list), "\(list)")
    }
  }

  @Test func `a run is as long as it was, whatever is in it`() throws {
    let arguments = photos + photos + ["", "a\nb", "\u{301}"] + photos
    let gathered = ArgumentRun.gathering(arguments)
    #expect(gathered.count < 25)
    #expect(gathered.compactMap(ArgumentRun.init).flatMap(\.arguments) == arguments)
    #expect(ArgumentRun.gathering(["batch", "a.jpg"]) == ["batch", "a.jpg"])
  }

  // 8,000 took the parser alone two seconds in an optimised build, and this many a hundred times
  // that in others.
  @Test(.timeLimit(.minutes(1)))
  func `very many arguments take little time`() throws {
    let paths = (0..<20_000).map { "folder/IMG_\($0).jpg" }
    let time = try ContinuousClock().measure {
      let command = try CaptionCommand.parse(manyOf: ["batch", "--quiet"] + paths)
      #expect((command as? any TakesManyArguments)?.arguments.flatMap(\.arguments) == paths)
    }
    #expect(time < .seconds(30))
  }
}
