import Foundation
import TestSupport
import Testing

/// list, show, similar, stats, diff, failures, note and forget.
@Suite final class ListingCommandTests: PhotoCommandTests {
  override init() throws {
    try super.init()
    try photos.fill(3)
    try Data("no image".utf8).write(to: URL(filePath: photos.path + "/bad.jpg"))
    _ = try run(["batch", "--beam", "1", photos.path])
  }

  private func run(_ arguments: [String]) throws -> CommandLineTool.Result {
    try caption.run(arguments + ["--store", folder.path + "/captions.sqlite"])
  }

  @Test func `list prints path, caption and confidence`() throws {
    let list = try run(["list"])
    #expect(list.lines.map { $0.split(separator: "\t").count } == [3, 3, 3])
    #expect(try run(["list", "--folder", folder.path + "/pho"]).output == "")
    #expect(try run(["list", "--folder", photos.path, "--limit", "1"]).lines.count == 1)
    #expect(try run(["list", "--json"]).lines.allSatisfy { $0.contains(#""path":"/"#) })
    #expect(try run(["list", "--limit", "0"]).status == 64)
  }

  @Test func `show finds a photo by path and by content`() throws {
    let shown = try run(["show", photos.names[0]])
    #expect(shown.lines[0] == "file      \(photos.names[0])")
    #expect(shown.lines[1] == "picture   40×30 pixels, PNG")
    #expect(shown.lines[2].hasPrefix("embedded  "))
    let copy = folder.path + "/copy.png"
    try FileManager.default.copyItem(atPath: photos.names[0], toPath: copy)
    #expect(try run(["show", copy]).output == shown.output)
    #expect(try run(["show", photos.names[0], "--json"]).output.contains(#""beam_width":1"#))
    #expect(try run(["show", photos.path + "/none.png"]).status == 66)
    let strange = try run(["show", "data/samples/china.jpg"])
    #expect(strange.status == 66)
    #expect(strange.errors == "caption: data/samples/china.jpg: is not in the store\n")
  }

  @Test func `similar finds others, of photos in the store and not`() throws {
    let known = try run(["similar", photos.names[0]])
    #expect(known.lines.count == 2)
    #expect(!known.output.contains(photos.names[0]))
    #expect(try run(["similar", "data/samples/china.jpg", "--limit", "3"]).lines.count == 3)
    #expect(try run(["similar", photos.path + "/none.png"]).status == 66)
  }

  @Test func `stats count`() throws {
    let stats = try run(["stats"])
    #expect(stats.lines[0] == "pictures       3")
    #expect(stats.output.contains("open failures  1\n"))
    #expect(try run(["stats", "--json"]).output.contains(#""pictures":3"#))
  }

  @Test func `diff wants two models that are there`() throws {
    #expect(try run(["diff", "--model", "embedded", "--model", "embedded"]).output == "")
    let unknown = try run(["diff", "--model", "embedded", "--model", "none"])
    #expect(unknown.status == 64)
    #expect(unknown.errors.contains("“none” is none of the store's models: embedded ("))
    #expect(try run(["diff", "--model", "embedded"]).status == 64)
  }

  @Test func `failures are listed, and tried again from the list`() throws {
    let failures = try run(["failures"])
    #expect(failures.lines.count == 1)
    #expect(failures.lines[0].hasPrefix("\(photos.path)/bad.jpg\tnot an image"))
    #expect(try run(["forget", photos.path + "/bad.jpg"]).status == 0)
    #expect(try run(["failures"]).output == "")
    #expect(try run(["failures", "--all"]).lines.count == 1)
  }

  @Test func `notes are found and stay`() throws {
    #expect(try run(["note", photos.names[1], "Rex at the lake"]).status == 0)
    #expect(try run(["search", "lake"]).output == "\(photos.names[1])\tRex at the lake\t\n")
    #expect(try run(["note", "data/samples/china.jpg", "A temple"]).status == 0)
    #expect(try run(["show", "data/samples/china.jpg"]).output.contains("person, note  A temple"))
    #expect(try run(["note", "--remove", photos.names[1], "Rex at the lake"]).status == 0)
    #expect(try run(["note", "--remove", photos.names[1], "Rex at the lake"]).status == 64)
    #expect(try run(["note", photos.names[1], " "]).status == 64)
    #expect(try run(["note", "Package.swift", "text"]).status == 65)
  }

  @Test func `forget takes photos off the store and leaves their files`() throws {
    #expect(try run(["forget", photos.names[0]]).output == photos.names[0] + "\n")
    #expect(FileManager.default.fileExists(atPath: photos.names[0]))
    #expect(try run(["forget", photos.names[0]]).status == 66)
    try FileManager.default.removeItem(atPath: photos.names[1])
    #expect(try run(["forget", "--missing", "--dry-run"]).output == photos.names[1] + "\n")
    // Nobody can be asked.
    let refused = try run(["forget", "--missing"])
    #expect(refused.status == 64 && refused.errors.contains("1 photos are missing"))
    #expect(try run(["forget", "--missing", "--yes"]).output == photos.names[1] + "\n")
    #expect(try run(["forget", "--folder", photos.path]).lines.count == 2)
    #expect(try run(["forget"]).status == 64)
    #expect(try run(["forget", "--missing", photos.names[2]]).status == 64)
    #expect(try run(["forget", "--undo", "--missing"]).status == 64)
    #expect(try run(["forget", "--undo"]).lines.count == 2)
    #expect(try run(["forget", "--undo"]).output == photos.names[1] + "\n")
    #expect(try run(["forget", "--undo"]).output == photos.names[0] + "\n")
    #expect(try run(["forget", "--undo"]).status == 66)
  }

  @Test func `photos on a disk that is not connected are not missing`() throws {
    #expect(try run(["note", photos.names[0], "Rex at the lake"]).status == 0)
    for leavesMountPoint in [false, true] {
      let elsewhere = photos.path + "-unplugged"
      try FileManager.default.moveItem(atPath: photos.path, toPath: elsewhere)
      if leavesMountPoint {
        try FileManager.default.createDirectory(
          atPath: photos.path, withIntermediateDirectories: false)
      }
      let result = try run(["forget", "--missing", "--yes"])
      #expect(result.status == 0 && result.output.isEmpty)
      #expect(result.errors.contains("nothing of \(photos.path) is there"))
      #expect(try run(["store", "check"]).output.contains("files that have gone\t0"))
      if leavesMountPoint { try FileManager.default.removeItem(atPath: photos.path) }
      try FileManager.default.moveItem(atPath: elsewhere, toPath: photos.path)
    }
    #expect(try run(["search", "Rex"]).lines.count == 1)
  }

  @Test func `a terminal is asked before many photos are forgotten`() throws {
    try FileManager.default.removeItem(atPath: photos.names[0])
    let tool = "'\(caption.executable.path)'"
    let store = "--store '\(folder.path)/captions.sqlite'"
    func forget(answering answer: String) throws -> String {
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = [
        "-c",
        "printf '\(answer)\\n' | script -qec \"\(tool) forget --missing \(store)\" /dev/null",
      ]
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let text = try output.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return String(decoding: text, as: UTF8.self)
    }
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/script") else { return }
    let refused = try forget(answering: "n")
    #expect(refused.contains("Forget 1 photos") && !refused.contains(photos.names[0]))
    #expect(try forget(answering: "y").contains(photos.names[0]))
  }

  @Test func `arguments that are not UTF-8 are paths all the same`() throws {
    let name = photos.path + "/\\377.png"
    func shell(_ command: String) throws -> Int32 {
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      let store = "--store '\(folder.path)/captions.sqlite'"
      process.arguments = ["-c", "name=$(printf '\(name)'); \(command) \(store)"]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }
    #expect(try shell("cp '\(photos.names[2])' \"$name\"; : ") == 0)
    let tool = caption.executable.path
    #expect(try shell("'\(tool)' \"$name\"") == 0)
    #expect(try shell("'\(tool)' batch \"$name\"") == 0)
    #expect(try shell("'\(tool)' show \"$name\"") == 0)
    #expect(try shell("'\(tool)' forget \"$name\"") == 0)
  }
}
