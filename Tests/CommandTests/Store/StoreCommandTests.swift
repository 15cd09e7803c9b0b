import Foundation
import TestSupport
import Testing

@Suite struct StoreCommandTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder
  private var store: String { folder.path + "/captions.sqlite" }

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
  }

  private func run(_ arguments: [String], input: String = "") throws -> CommandLineTool.Result {
    try caption.run(
      ["store"] + arguments, input: Data(input.utf8), environment: ["CAPTION_STORE": store])
  }

  /// What a worker says of two samples and of a photo that is not there.
  private func answers() throws -> String {
    let paths = "data/samples/china.jpg\nnowhere.jpg\ndata/samples/flower.jpg\n"
    return try caption.run(["worker", "--beam", "1"], input: Data(paths.utf8)).output
  }

  @Test func `a worker's answers are imported once`() throws {
    let answers = try answers()
    let first = try run(["import", "-"], input: answers)
    #expect(first.status == 0)
    #expect(
      first.lines == [
        "captions\t2", "human captions\t0", "embeddings\t0", "failures\t1", "sentiments\t0",
        "lines with nothing new\t0",
      ])
    let file = try TemporaryFile(Data(answers.utf8), extension: "ndjson")
    #expect(try run(["import", file.path]).lines.last == "lines with nothing new\t3")
    #expect(try run(["import", "-", "--quiet"], input: answers).output == "")
    let info = try run(["info"]).lines
    for line in ["images\t2", "captions\t2", "runs\t1", "open failures\t1", "store\t\(store)"] {
      #expect(info.contains(line))
    }
    let record =
      try JSONSerialization.jsonObject(
        with: Data(run(["info", "--json"]).output.utf8)) as? [String: Any]
    #expect((record?["counts"] as? [String: Int])?["captions"] == 2)
  }

  @Test(arguments: [
    ("{", "not valid JSON"), ("[]", "not a JSON object"),
    (#"{"path": 3}"#, "“path” is not of the right type"),
    (#"{"path": "/x", "caption": "A dog."}"#, "“content_hash” is missing"),
    (#"{"content_hash": "ab"}"#, "64 hexadecimal digits"),
  ])
  func `a bad line is named and nothing is imported`(line: String, reason: String) throws {
    let answers = try answers()
    let result = try run(["import", "-"], input: answers + line + "\n" + answers)
    #expect(result.status == 65)
    #expect(result.errors.hasPrefix("caption: standard input: line 4: "))
    #expect(result.errors.contains(reason))
    #expect(try run(["info"]).lines.contains("captions\t0"))
  }

  @Test func `a damaged index is found and made anew`() throws {
    _ = try run(["import", "-"], input: answers())
    #expect(
      try run(["check"]).lines == [
        "database\tsound", "index\tsound", "files that have gone\t0", "files not connected\t0",
        "pictures without files\t0",
      ])
    let result = try sqlite(
      "INSERT INTO caption_texts (caption_texts, rowid, text) VALUES ('delete', 1, 'x y z')")
    guard result else { return }
    let damaged = try run(["check"])
    #expect(damaged.status == 65)
    #expect(damaged.lines[1].hasPrefix("index\tdamaged"))
    #expect(try run(["check", "--json"]).output.contains("\"damaged\":true"))
    #expect(try run(["check", "--fix"]).status == 0)
    #expect(try run(["check"]).status == 0)
  }

  @Test func `a row that cannot be understood is told and set aside`() throws {
    _ = try run(["import", "-"], input: answers())
    let altered = try sqlite(
      "PRAGMA ignore_check_constraints = ON; UPDATE captions SET words = '[[' WHERE id = 1")
    guard altered else { return }
    let before = try Data(contentsOf: URL(filePath: store))
    let fault = "captions, row 1: “words” is not JSON of its form"
    let damaged = try run(["check"])
    #expect(damaged.status == 65)
    #expect(damaged.lines[0] == "database\tdamaged")
    #expect(damaged.lines.contains("fault\t\(fault)"))
    #expect(try Data(contentsOf: URL(filePath: store)) == before)
    for arguments in [["export", "--format", "ndjson"], ["stats"]] {
      let refused = try caption.run(arguments + ["--store", store])
      #expect(refused.status == 65)
      #expect(
        refused.errors
          == "caption: \(store): the store is damaged: \(fault); “caption store check” tells all "
          + "that is wrong\n")
    }
    let fixed = try run(["check", "--fix"])
    #expect(fixed.status == 0)
    #expect(fixed.lines.contains("rows set aside\t1 in \(store).set-aside.ndjson"))
    #expect(try run(["info"]).lines.contains("captions\t1"))
    let aside = try String(contentsOfFile: store + ".set-aside.ndjson", encoding: .utf8)
    #expect(aside.contains(#""table":"captions""#) && aside.contains(#""words":"[[""#))
  }

  @Test func `a stranger's trigger is not run`() throws {
    _ = try run(["import", "-"], input: answers())
    let altered = try sqlite(
      "CREATE TRIGGER spy AFTER INSERT ON runs BEGIN DELETE FROM captions; END")
    guard altered else { return }
    for arguments in [["info"], ["check"], ["vacuum"], ["import", "-"]] {
      let refused = try run(arguments, input: "")
      #expect(refused.status == 65)
      #expect(refused.errors.contains("the trigger “spy”"))
    }
    let other = try run(["merge", store, "--store", folder.path + "/other.sqlite"])
    #expect(other.status == 65)
    let fixed = try run(["check", "--fix"])
    #expect(fixed.status == 0)
    #expect(fixed.lines.contains("store as it was\t\(store).damaged"))
    #expect(try run(["info"]).lines.contains("captions\t2"))
  }

  /// - Returns: false where Debian's `sqlite3` is not installed.
  private func sqlite(_ sql: String) throws -> Bool {
    let program = "/usr/bin/sqlite3"
    guard FileManager.default.isExecutableFile(atPath: program) else { return false }
    let process = try Process.run(URL(filePath: program), arguments: [store, sql])
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  @Test func `files that have gone are told and forgotten`() throws {
    let copy = folder.path + "/copy.jpg"
    try FileManager.default.copyItem(
      atPath: projectFolder.appending(path: "data/samples/china.jpg").path, toPath: copy)
    let answer = try caption.run(["worker", "--beam", "1"], input: Data(copy.utf8)).output
    _ = try run(["import", "-"], input: answer)
    try FileManager.default.removeItem(atPath: copy)
    #expect(try run(["check"]).lines.last == "gone\t\(copy)")
    #expect(try run(["check", "--fix"]).lines.last == "paths forgotten\t1")
    #expect(try run(["info"]).lines.contains("captions\t1"))
  }

  @Test func `a backup replaces nothing unless told to`() throws {
    _ = try run(["import", "-"], input: answers())
    let copy = folder.path + "/copy.sqlite"
    #expect(try run(["backup", copy]).status == 0)
    let refused = try run(["backup", copy])
    #expect(refused.status == 64)
    #expect(refused.errors.contains("--force"))
    #expect(try run(["backup", copy, "--force"]).status == 0)
    #expect(try run(["info", "--store", copy]).lines.contains("captions\t2"))
    #expect(try run(["vacuum"]).lines.count == 2)
  }

  @Test func `stores are merged`() throws {
    let lines = try answers().split(separator: "\n").map(String.init)
    for (index, line) in lines.enumerated() {
      _ = try run(["import", "-", "--store", "\(folder.path)/\(index).sqlite"], input: line)
    }
    let parts = (0..<3).map { "\(folder.path)/\($0).sqlite" }
    let result = try run(["merge"] + parts)
    #expect(result.status == 0)
    #expect(result.lines[1] == "\(parts[1])\truns +1, open failures +1")
    let info = try run(["info"]).lines
    for line in ["images\t2", "captions\t2", "runs\t3", "open failures\t1", "models\t1"] {
      #expect(info.contains(line))
    }
    #expect(
      try run(["merge"] + parts).lines.allSatisfy { $0.hasSuffix("\tnothing new") })
    #expect(try run(["merge", store]).status == 65)
    #expect(try run(["merge", "Package.swift"]).status == 65)
    #expect(try run(["merge", "nowhere.sqlite"]).status == 66)
  }

  @Test(arguments: ["info", "check", "vacuum"])
  func `there must be a store`(command: String) throws {
    let result = try run([command])
    #expect(result.status == 66)
    #expect(result.errors == "caption: \(store): there is no such store\n")
  }
}
