import Foundation
import TestSupport
import Testing

@Suite struct WorkerCommandTests {
  private let caption: CommandLineTool
  private let photo = "data/samples/astronaut.png"
  private let sentence: String

  init() throws {
    caption = try CommandLineTool()
    sentence = try EmbeddedReference("astronaut").beam5.sentence
  }

  private func object(_ line: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  private func failure(_ object: [String: Any]) -> [String: String]? {
    object["error"] as? [String: String]
  }

  /// What the worker answers, line by line.
  private func answers(_ input: String, _ arguments: [String] = []) throws -> [[String: Any]] {
    let result = try caption.run(["worker"] + arguments, input: Data(input.utf8))
    #expect(result.status == 0)
    #expect(result.errors == "")
    return try result.lines.map(object)
  }

  @Test func `an answer holds all that a store keeps`() throws {
    let answer = try answers(photo)[0]
    #expect(
      Set(answer.keys) == [
        "path", "byte_count", "modified_nanoseconds", "content_hash", "format", "width", "height",
        "caption", "confidence", "log_probability", "words", "alternatives", "model", "decoding",
        "created_at", "picture_hash", "orientation",
      ])
    #expect(answer["caption"] as? String == sentence)
    #expect(answer["format"] as? String == "PNG")
    #expect((answer["model"] as? [String: String])?["name"] == "embedded")
    #expect((answer["decoding"] as? [String: Any])?["beam_width"] as? Int == 5)
    #expect((answer["words"] as? [Any])?.count == sentence.split(separator: " ").count)
  }

  @Test func `an answer tells which words had to be said`() throws {
    let answer = try answers(photo, ["--say", "dog"])[0]
    #expect((answer["decoding"] as? [String: Any])?["say"] as? [String] == ["dog"])
    #expect((answer["caption"] as? String)?.lowercased().contains("dog") == true)
  }

  @Test(arguments: [1, 3])
  func `every line is answered by one line in order`(threads: Int) throws {
    let broken = try TemporaryFile(Data("no image".utf8), extension: "jpg")
    let input = [
      photo, "", "nowhere.jpg", "data/samples/china.jpg\r", broken.path, "{\"path\": 1}", "{",
      "/tmp", "{\"path\": \"a\\u0000b\"}", "{\"path\": \"\"}", photo,
    ]
    let answers = try answers(
      input.joined(separator: "\n") + "\n", ["--threads", "\(threads)", "--beam", "1"])
    #expect(answers.count == input.count)
    #expect(
      answers.map { failure($0)?["kind"] } == [
        nil, "bad data", "no input", nil, "bad data", "bad data", "bad data", "no input",
        "bad data", "bad data", nil,
      ])
    #expect(answers[3]["path"] as? String == "data/samples/china.jpg")
    #expect(try answers[3]["caption"] as? String == EmbeddedReference("china").beam1.sentence)
    #expect(answers[2]["path"] as? String == "nowhere.jpg")
    #expect(failure(answers[2])?["message"] == "there is no such file")
    #expect(answers[4]["byte_count"] as? Int == 8)
  }

  /// As Windows programs write lists.
  @Test func `a list may begin with a byte order mark`() throws {
    let answer = try answers("\u{FEFF}nowhere.jpg\r\n")[0]
    #expect(answer["path"] as? String == "nowhere.jpg")
    let wide = Data("\u{FEFF}nowhere.jpg".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
    let refused = try caption.run(["worker"], input: wide)
    #expect(refused.output.contains("the lines are UTF-16; they must be UTF-8"))
  }

  @Test func `an object's other keys come back, stale results do not`() throws {
    let line =
      #"{"path": "\#(photo)", "id": 18446744073709551615, "tags": [1.5, null, "é"], "#
      + #""human_captions": [{"text": "Eileen"}], "caption": "old", "error": {"kind": "x"}}"#
    let result = try caption.run(["worker"], input: Data(line.utf8))
    #expect(result.output.contains("18446744073709551615"))
    let answer = try object(result.lines[0])
    #expect(answer["tags"] as? NSArray == [1.5, NSNull(), "é"])
    #expect(answer["caption"] as? String == sentence)
    #expect(answer["human_captions"] != nil)
    #expect(answer["error"] == nil)
  }

  @Test func `paths are bytes`() throws {
    let folder = try TemporaryFolder()
    let name = Array(folder.path.utf8) + Array("/a\u{FF}b{\n".utf8) + [0xFF, 0x22]
    let bytes = try Data(contentsOf: projectFolder.appending(path: photo))
    let path = (name + [0]).map(CChar.init(bitPattern:))
    let file = FileHandle(
      fileDescriptor: open(path, O_CREAT | O_WRONLY, 0o600), closeOnDealloc: true)
    try file.write(contentsOf: bytes)
    let encoded = Data(name).base64EncodedString()
    for (input, arguments) in [
      (Data(name) + [0], ["-0"]), (Data("{\"path_base64\": \"\(encoded)\"}".utf8), []),
    ] {
      let result = try caption.run(["worker"] + arguments, input: input)
      let answer = try object(result.lines[0])
      #expect(answer["caption"] as? String == sentence)
      #expect(answer["path_base64"] as? String == encoded)
    }
  }

  @Test func `embeddings are half floats of length 1`() throws {
    let answer = try answers(photo, ["--embeddings", "--configuration"])[0]
    let data = try #require(
      (answer["embedding"] as? String).flatMap { Data(base64Encoded: $0) })
    #expect(data.count == 2 * 1280)
    #expect((answer["model"] as? [String: Any])?["configuration"] != nil)
  }

  @Test(arguments: ["1", "4"])
  func `a peer that waits for each answer gets it`(threads: String) throws {
    let worker = try caption.converse(["worker", "--threads", threads, "--beam", "1"])
    for index in 0..<6 {
      try worker.tell(index == 3 ? "nowhere" : "{\"path\": \"\(photo)\", \"id\": \(index)}")
      let answer = try object(try #require(worker.answer()))
      #expect(index == 3 ? failure(answer) != nil : answer["id"] as? Int == index)
    }
    #expect(try worker.finish() == 0)
  }

  @Test func `a line of 100 MB is refused without being kept`() throws {
    let worker = try caption.converse(["worker", "--threads", "1", "--beam", "1"])
    try worker.tell(photo)
    _ = worker.answer()
    func peak() throws -> Int {
      let status = try String(
        contentsOfFile: "/proc/\(worker.process.processIdentifier)/status", encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
      return try #require(Int(line.filter(\.isNumber))) << 10
    }
    let before = try peak()
    try worker.tell(String(repeating: "a", count: 100_000_000))
    let answer = try object(try #require(worker.answer()))
    #expect(failure(answer)?["message"] == "the line is longer than 1048576 bytes")
    #expect(try peak() - before < 20_000_000)
    try worker.tell(photo)
    #expect(try object(try #require(worker.answer()))["caption"] != nil)
  }

  @Test func `a pipe among the photos keeps nobody waiting`() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
    let answers = try answers("\(folder.path)/pipe\n\(photo)\n")
    #expect(failure(answers[0])?["kind"] == "no input")
    #expect(answers[1]["caption"] as? String == sentence)
  }

  @Test func `it ends when nobody reads`() throws {
    let full = try caption.run(["worker"], input: Data(photo.utf8), outputPath: "/dev/full")
    #expect(full.status == 74)
    #expect(full.errors == "caption: standard output: cannot be written: No space left on device\n")
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.currentDirectoryURL = projectFolder
    process.arguments = [
      "-c", #"yes nowhere | "$0" worker 2>&1 | head -n 1; exit ${PIPESTATUS[1]}"#,
      caption.executable.path,
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let lines = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 74)
    #expect(lines.count { $0 == UInt8(ascii: "\n") } == 1)
  }

  @Test(
    arguments: [
      (["--model", "none"], 66), (["--beam", "0"], 64), (["--threads", "0"], 64),
    ] as [([String], Int32)])
  func `without a model or a search there are no answers`(arguments: [String], status: Int32) throws
  {
    let result = try caption.run(["worker"] + arguments, input: Data(photo.utf8))
    #expect(result.status == status)
    #expect(result.output == "")
  }
}
