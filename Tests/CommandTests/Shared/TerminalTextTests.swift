import Foundation
import SystemPackage
import TestSupport
import Testing

/// No text of strangers makes a terminal do anything.
@Suite struct TerminalTextTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder
  private var store: String { folder.path + "/captions.sqlite" }
  private var photos: String { folder.path + "/photos" }

  /// Sets a title, moves the cursor, C1 controls, turns the direction, a line end, a separator.
  private static let hostile =
    "a\u{1B}]0;title\u{7}\u{1B}[2J\u{9B}2J\u{7F}\u{202E}gpj\u{2066}\u{200F}\u{61C}\nb\u{2028}\rc\td"
  private static let obeyed: [Unicode.Scalar] = [
    "\u{1B}", "\u{7}", "\u{9B}", "\u{7F}", "\u{202E}", "\u{2066}", "\u{200F}", "\u{61C}",
    "\u{2028}",
  ]
  private var good: String { photos + "/\(Self.hostile).png" }
  private var bad: String { photos + "/bad\(Self.hostile).png" }

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
    let made = try PhotoFolder(folder.path + "/photos")
    try made.add("0.png")
    try made.add(.init("\(Self.hostile).png"))
    try Data("junk".utf8).write(to: URL(filePath: bad))
  }

  /// What a command shows on a terminal, its errors too.
  private func shown(_ arguments: [String], noColour: String = "1") throws -> String {
    let terminal = try PseudoTerminal()
    let process = Process()
    process.executableURL = caption.executable
    process.arguments = arguments
    process.currentDirectoryURL = projectFolder
    process.environment = ProcessInfo.processInfo.environment.merging([
      "CAPTION_STORE": store, "NO_COLOR": noColour, "TERM": "xterm",
    ]) { $1 }
    let handle = try FileHandle(forWritingTo: URL(filePath: terminal.path))
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    return terminal.contents()
  }

  private func expectHarmless(
    _ arguments: [String], names: Bool = true, lines: Bool = true,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let text = try shown(arguments)
    let found = Self.obeyed.filter { text.unicodeScalars.contains($0) }
    #expect(found.isEmpty, "\(arguments): \(text.debugDescription)", sourceLocation: location)
    if lines { #expect(!text.contains("\nb"), "\(arguments)", sourceLocation: location) }
    guard names else { return }
    #expect(
      text.contains("a?]0;title??[2J?2J??gpj???"), "\(arguments): \(text.debugDescription)",
      sourceLocation: location)
  }

  @Test func `names reach no terminal as they are`() throws {
    try expectHarmless([good, photos + "/0.png"])
    try expectHarmless([good, photos + "/0.png", "--json", "--no-store"], names: false)
    try expectHarmless([good, photos + "/0.png", "--verbose", "--no-store"])
    try expectHarmless([bad, photos + "/0.png"])
    try expectHarmless(["batch", "--progress", "none", photos])
    try expectHarmless(["batch", "--progress", "none", "--dry-run", "--redo", photos])
    try expectHarmless(["batch", "--progress", "none", "--json", "--redo", photos], names: false)
    for command in [
      ["list"], ["list", "--json"], ["search", "folder:\(folder.path)"], ["failures"],
      ["show", good], ["show", bad], ["similar", photos + "/0.png"], ["store", "merge", good],
      ["export", "--format", "txt"],
      ["export", "--format", "json"], ["export", "--format", "coco"], ["strip", good],
      ["forget", bad], ["undo", good], ["list", "--\(Self.hostile)"],
      ["list", "--limit=\(Self.hostile)"], ["--model", "./" + Self.hostile, good],
      ["sentiment", "-v", "--file", good], ["model", "info", "./" + Self.hostile],
      ["train", "plot", bad], ["dataset", "import", "d", "--format", "csv", bad],
      ["score", bad, bad], ["sentiment", Self.hostile], ["sentiment", "--json", Self.hostile],
      ["sentiment", "--explain", Self.hostile],
    ] {
      try expectHarmless(command, names: false)
    }
    // Cells may have line ends.
    try expectHarmless(["export", "--format", "csv"], lines: false)
  }

  @Test func `in a pipe results have the bytes that they have, and messages one line`() throws {
    let result = try caption.run([good, bad, photos + "/0.png", "--store", store])
    let escaped =
      good.replacing("\n", with: #"\n"#).replacing("\r", with: #"\r"#)
      .replacing("\t", with: #"\t"#)
    #expect(result.lines.count == 2)
    #expect(result.lines[0].hasPrefix(escaped + "\t"))
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(result.errors.hasPrefix("caption: \(photos)/bada?]0;title??[2J?2J??gpj"))
    let exported = try caption.run(["export", "--format", "txt", "--store", store])
    #expect(exported.lines.contains { $0.hasPrefix(escaped + "\t") })
    let wrong = try caption.run(["list", "--\(Self.hostile)"])
    #expect(wrong.status == 64)
    #expect(wrong.errors.hasPrefix("Error: Unknown option '--a?]0;title??"))
    #expect(wrong.errors.contains("\nUsage: "))
    #expect(!wrong.errors.contains("\nb"))
  }

  @Test func `colours of the program's own stay`() throws {
    let text = try shown(["sentiment", "--explain", "wonderful\u{1B}[2J"], noColour: "")
    #expect(text.contains("\u{1B}[1;38;5;"))
    #expect(!text.contains("\u{1B}[2J"))
  }
}
