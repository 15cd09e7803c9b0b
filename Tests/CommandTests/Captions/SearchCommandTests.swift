import Files
import Foundation
import Store
import SystemPackage
import TestSupport
import Testing

@Suite struct SearchCommandTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
    let store = try Store(path: FilePath(folder.path + "/captions.sqlite"), for: .create)
    let model = ModelIdentity(name: "m", contentHash: ContentHash(of: [1]), configuration: "{}")
    let work = try store.work(model, options: "{}")
    let run = try store.beginRun(.batch, request: "{}", work: work)
    let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
    func captioned(_ path: String, _ text: String) -> (FilePath, FileState?, Outcome) {
      let photo = PhotoRecord(
        identity: PhotoIdentity(content: ContentHash(of: Array(path.utf8))), byteCount: 10,
        format: "JPEG", width: 4,
        height: 3)
      let caption = MachineCaption(
        text: text, logProbability: -3, confidence: 0.25, words: [], alternatives: [])
      return (FilePath(path), state, .captioned(photo, caption, embedding: nil))
    }
    _ = try store.record(
      [
        captioned("/photos/1.jpg", "A dog on the beach."),
        captioned("/photos/a\tb\n.jpg", "A cat on the beach, a \\ and a bird."),
        ("/photos/3.jpg", state, .failed(.badData, reason: "the file is truncated")),
      ] + (0..<30).map { captioned("/more/\($0).jpg", "A tree.") }, run: run, work: work)
    try store.close()
  }

  private func search(_ arguments: [String]) throws -> CommandLineTool.Result {
    try caption.run(["search", "--store", folder.path + "/captions.sqlite"] + arguments)
  }

  @Test func `path, caption and confidence, the best first`() throws {
    let found = try search(["beaches"])
    #expect(found.status == 0)
    #expect(found.errors == "")
    #expect(
      found.lines == [
        "/photos/1.jpg\tA dog on the beach.\t0.250",
        #"/photos/a\tb\n.jpg"# + "\t" + #"A cat on the beach, a \\ and a bird."# + "\t0.250",
      ])
    #expect(try search(["beach", "NOT", "cat"]).lines.count == 1)
    #expect(try search(["beach", "-cat"]).lines.count == 1)
    #expect(try search(["-beach"]).lines.count == 20)
    let nothing = try search(["zebra"])
    #expect(nothing.status == 0)
    #expect(nothing.output == "")
  }

  @Test func `as many as are asked for`() throws {
    #expect(try search(["tree"]).lines.count == 20)
    #expect(try search(["tree", "--limit", "3"]).lines.count == 3)
    #expect(try search(["tree", "--all"]).lines.count == 30)
    #expect(try search(["tree", "--limit", "0"]).status == 64)
  }

  @Test func `one JSON object a line`() throws {
    let found = try search(["dog", "--json"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [String: Any])
    #expect(object["path"] as? String == "/photos/1.jpg")
    #expect(object["caption"] as? String == "A dog on the beach.")
    #expect(object["confidence"] as? Double == 0.25)
    #expect(object["model"] as? String == "m")
    #expect(object["origin"] as? String == "machine")
    #expect(object["path_base64"] == nil)
    let failed = try search(["failed:", "--json"])
    #expect(
      failed.output.contains(
        #""kind":"bad data","path":"/photos/3.jpg","reason":"the file is truncated""#))
  }

  @Test func `what failed, with the reason`() throws {
    #expect(try search(["failed:"]).lines == ["/photos/3.jpg\tthe file is truncated"])
    #expect(try search(["failed:truncated", "folder:/photos"]).lines.count == 1)
    #expect(try search(["failed:other"]).lines.isEmpty)
  }

  @Test func `captions by what they say`() throws {
    let path = FilePath(folder.path + "/captions.sqlite")
    let hint = "caption: no caption has a sentiment yet: run “caption sentiment --captions” first\n"
    let before = try search(["sentiment:positive"])
    #expect((before.status, before.errors, before.output) == (64, hint, ""))
    let store = try Store(path: path, for: .write)
    let model = SentimentModel(
      name: "tones", contentHash: ContentHash(of: [2]), labels: ["negative", "positive"])
    _ = try store.labelCaptions(by: model) { texts in
      texts.map { text in
        let label = text.contains("dog") ? "positive" : "negative"
        return SentimentLabel(label: label, probability: 0.75, probabilities: [label: 0.75])
      }
    }
    try store.close()
    #expect(
      try search(["sentiment:positive"]).lines == ["/photos/1.jpg\tA dog on the beach.\t0.250"])
    #expect(try search(["beach", "-sentiment:positive"]).lines.count == 1)
    let json = try search(["sentiment:positive", "--json"]).output
    #expect(json.contains(#""sentiment":"positive","sentiment_probability":0.75"#))
    let wrong = try search(["sentiment:glad"])
    #expect(wrong.status == 64)
    #expect(wrong.errors == "caption: sentiment: takes negative, positive, not “glad”\n")
    func run(_ arguments: String...) throws -> CommandLineTool.Result {
      try caption.run(arguments + ["--store", path.string])
    }
    #expect(try run("show", "/photos/1.jpg").output.contains("confidence 0.250, positive 0.750)"))
    #expect(
      try run("show", "/photos/1.jpg", "--json").output.contains(
        #""sentiment":{"label":"positive","probabilities":{"positive":0.75},"probability":0.75}"#))
    #expect(try run("stats").lines.contains("sentiment      negative 31, positive 1"))
    let info = try run("store", "info")
    #expect(info.lines.contains("sentiments\t3"))
    #expect(info.lines.contains { $0.hasSuffix(", 3 texts, 32 captions") })
    let csv = try run("export", "--format", "csv")
    #expect(csv.output.contains(",sentiment,sentiment_probability\r\n"))
    #expect(csv.output.contains(",positive,0.75\r\n"))
  }

  @Test(arguments: [
    (["dog \""], "caption: a quotation mark (\") in the query is not closed\n"),
    (["(dog"], "caption: a parenthesis in the query is not closed; text with one goes in quotes\n"),
    (
      ["before:soon"],
      "caption: before: takes a day, month or year such as 2021-07-04, 2021-07 or 2021, not “soon”\n"
    ),
    (
      ["confidence<abc"],
      "caption: confidence is compared with a number from 0 to 1 by <, <=, > or >=, as in "
        + "confidence<0.4, not “confidence<abc”\n"
    ),
    ([""], "caption: the query has no word to search for, and no filter\n"),
  ])
  func `nonsense gets one sentence`(_ query: [String], _ sentence: String) throws {
    let result = try search(query)
    #expect(result.status == 64)
    #expect(result.errors == sentence)
    #expect(result.output == "")
  }

  @Test func `options that are none, no query, no store`() throws {
    #expect(try search(["dog", "--jsom"]).status == 64)
    #expect(try search([]).status == 64)
    let nowhere = try caption.run(["search", "dog", "--store", folder.path + "/none.sqlite"])
    #expect(nowhere.status == 66)
    #expect(nowhere.errors == "caption: \(folder.path)/none.sqlite: there is no such store\n")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/none.sqlite"))
  }

  /// Whether or not the parent has it ignore the signal.
  @Test(arguments: ["", "trap '' PIPE;"])
  func `a reader that has gone ends it without a word`(_ setting: String) throws {
    let shell = Process()
    let errors = Pipe()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = [
      "-c", setting + #"{ sleep 0.2; "$0" search --all --store "$1" tree; echo $? >&2; } | true"#,
      caption.executable.path, folder.path + "/captions.sqlite",
    ]
    shell.standardError = errors
    try shell.run()
    shell.waitUntilExit()
    // 128 and the signal's number.
    #expect(String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self) == "141\n")
  }

  @Test func `help shows how to ask`() throws {
    let help = try caption.run(["search", "--help"])
    #expect(help.status == 0)
    #expect(help.output.contains("caption search dog beach"))
    #expect(help.output.contains("confidence<0.4"))
    #expect(help.output.contains("sentiment:positive"))
  }
}
