import Foundation
import GRDB
import TestSupport
import Testing

@Suite struct DescribeCommandTests {
  private let caption: CommandLineTool
  private let photo = "data/samples/astronaut.png"
  private let expected: EmbeddedReference
  private var sentence: String { expected.beam5.sentence }

  init() throws {
    caption = try CommandLineTool()
    expected = try EmbeddedReference("astronaut")
  }

  @Test func `one photo prints its sentence and nothing else`() throws {
    let result = try caption.run([photo])
    #expect(result.output == sentence + "\n")
    #expect(result.errors == "")
    #expect(result.status == 0)
  }

  @Test func `several photos print path, tab and sentence in the order given`() throws {
    let paths = ["data/samples/china.jpg", photo, "data/samples/chelsea.png"]
    let result = try caption.run(paths)
    #expect(result.lines.map { $0.prefix { $0 != "\t" } } == paths.map { $0[...] })
    #expect(result.lines[1] == "\(photo)\t\(sentence)")
    #expect(result.status == 0)
  }

  @Test(arguments: [1, 4])
  func `captions come in the photos' order on any number of threads`(threads: Int) throws {
    // A large photo, whose caption takes longest, a bad one, and the same one twice.
    let broken = try TemporaryFile(Data("no image".utf8), extension: "jpg")
    let names = ["rocket.jpg", "coffee.png", "chelsea.png", "rocket.jpg", "flower.jpg"]
    var paths = names.map { "data/samples/\($0)" }
    paths.insert(broken.path, at: 2)
    let result = try caption.run(["--beam", "1", "--threads", "\(threads)"] + paths)
    let alone = try names.map { name in
      try "data/samples/\(name)\t" + caption.run(["--beam", "1", "data/samples/\(name)"]).lines[0]
    }
    #expect(result.lines == alone)
    #expect(result.errors.hasPrefix("caption: \(broken.path): "))
    #expect(result.status == 65)
  }

  @Test func `standard input is an image too`() throws {
    let bytes = try Data(contentsOf: projectFolder.appending(path: photo))
    #expect(try caption.run(["-"], input: bytes).output == sentence + "\n")
  }

  @Test func `a store that was named and refuses captions is a failure`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/captions.sqlite"
    let first = try caption.run(["--store", path, "--beam", "1", "data/samples/china.jpg"])
    #expect(first.status == 0)
    // Without its index no caption can be entered.
    try DatabaseQueue(path: path).write { try $0.execute(sql: "DELETE FROM caption_texts_data") }
    let photos = [photo, "data/samples/chelsea.png"]
    let named = try caption.run(photos + ["--store", path])
    #expect(named.lines.map { $0.prefix { $0 != "\t" } } == photos.map { $0[...] })
    #expect(named.errors.hasPrefix("caption: \(path): the store is damaged: "))
    #expect(named.errors.split(separator: "\n").count == 1)
    #expect(named.status == 65)
    let usual = try caption.run(photos, environment: ["CAPTION_STORE": path])
    #expect(usual.output == named.output)
    #expect(usual.errors.contains("captions are not kept: \(path): the store is damaged: "))
    #expect(usual.errors.split(separator: "\n").count == 1)
    #expect(usual.status == 0)
  }

  @Test func `a bad photo is reported by name and the others go on`() throws {
    let broken = try TemporaryFile(Data("no image".utf8), extension: "jpg")
    let result = try caption.run([broken.path, "nowhere.jpg", photo])
    #expect(result.lines == ["\(photo)\t\(sentence)"])
    #expect(result.errors.contains("caption: \(broken.path): "))
    #expect(result.errors.contains("caption: nowhere.jpg: "))
    #expect(result.errors.split(separator: "\n").count == 2)
    #expect(result.status == 65)
  }

  @Test(
    arguments: [
      (["nowhere.jpg"], 66), (["/"], 66), (["--model", "none", "data/samples/china.jpg"], 66),
      (["Package.swift"], 65), ([], 64), (["--beam", "0", "data/samples/china.jpg"], 64),
      (["--beam", "x", "data/samples/china.jpg"], 64), (["--unknown"], 64),
      (["--threads", "0", "data/samples/china.jpg"], 64),
      (["--top-p", "1.5", "data/samples/china.jpg"], 64),
      (["--attention", "/tmp/x.png", "data/samples/china.jpg", "data/samples/china.jpg"], 64),
      (["--attention", "/nowhere/x.png", "data/samples/china.jpg"], 74),
    ] as [([String], Int32)])
  func `a failure has the status of its kind and one sentence`(arguments: [String], status: Int32)
    throws
  {
    let result = try caption.run(arguments)
    #expect(result.status == status, "\(result.errors)")
    #expect(!result.errors.isEmpty)
    if status != 64 { #expect(result.errors.split(separator: "\n").count == 1) }
  }

  @Test func `JSON has every field and agrees with the sentence`() throws {
    let result = try caption.run([photo, "--json", "--top", "2"])
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(
      Set(record.keys) == [
        "path", "caption", "tokens", "log_probability", "confidence", "words", "alternatives",
        "model", "milliseconds", "decoding", "created_at", "format", "width", "height",
        "orientation", "byte_count", "modified_nanoseconds", "content_hash", "picture_hash",
      ])
    #expect(record["path"] as? String == photo)
    #expect(record["caption"] as? String == sentence)
    #expect((record["model"] as? [String: String])?["name"] == "embedded")
    let tokens = try #require(record["tokens"] as? [String])
    #expect(tokens.joined(separator: " ") + "." == sentence.lowercased())
    let words = try #require(record["words"] as? [[String: Any]])
    #expect(words.compactMap { $0["word"] as? String } == tokens)
    #expect(words.allSatisfy { Set($0.keys) == ["word", "log_probability"] })
    let total = try #require(record["log_probability"] as? Double)
    #expect(abs(total - expected.logProbability) < 1e-3)
    #expect(words.compactMap { $0["log_probability"] as? Double }.reduce(0, +) > total)
    #expect((record["alternatives"] as? [[String: Any]])?.count == 1)
    let times = try #require(record["milliseconds"] as? [String: Double])
    #expect(Set(times.keys) == ["decode", "encode", "caption"])
    #expect(times.values.allSatisfy { $0 > 0 })
  }

  @Test func `a full disk under standard output is an input or output failure`() throws {
    let result = try caption.run([photo, photo], outputPath: "/dev/full")
    #expect(result.status == 74)
    #expect(
      result.errors == "caption: standard output: cannot be written: No space left on device\n")
  }

  @Test func `beams give the reference's captions`() throws {
    let greedy = try caption.run(["--beam", "1", "data/samples/china.jpg"])
    #expect(try greedy.output == EmbeddedReference("china").beam1.sentence + "\n")
  }

  @Test func `the same seed samples the same caption`() throws {
    let arguments = [photo, "--temperature", "1", "--top-k", "50", "--seed"]
    let first = try caption.run(arguments + ["7"])
    #expect(first.status == 0)
    #expect(try caption.run(arguments + ["7"]).output == first.output)
    let others = try (1...4).map { try caption.run(arguments + ["\($0)"]).output }
    #expect(Set(others).count > 1)
  }

  @Test func `captions have the words to be said, and are stored apart from others`() throws {
    let folder = try TemporaryFolder()
    func run(_ arguments: String...) throws -> String {
      let store = ["CAPTION_STORE": folder.path + "/captions.sqlite"]
      let result = try caption.run([photo] + arguments, environment: store)
      #expect(result.status == 0, "\(result.errors)")
      return result.output
    }
    #expect(try run() == sentence + "\n")
    for _ in 0..<2 {
      let said = try run("--say", "Beaches", "--say", "red dog")
      let words = Set(said.lowercased().split { !$0.isLetter }.map(String.init))
      #expect(words.isSuperset(of: ["beach", "red", "dog"]), "\(said)")
    }
    #expect(try run() == sentence + "\n")
  }

  @Test(
    arguments: [
      (["--say", "xyzzy"], "--say names “xyzzy”, which the model does not know in any form."),
      (["--say", "dog", "--seed", "1", "--top-k", "3"], "--say goes with beam search, not with"),
      (["--say", "a b c", "--say", "d e"], "--say asks for 5 words, more than 4."),
      (["--say", ""], "--say has a text of no words."),
    ] as [([String], String)])
  func `words that cannot be said are refused in one sentence`(
    arguments: [String], sentence: String
  ) throws {
    let result = try caption.run([photo] + arguments)
    #expect(result.status == 64)
    #expect(result.errors.hasPrefix("Error: " + sentence))
    #expect(result.output == "")
  }

  @Test func `JSON has the noun that a caption was made to have`() throws {
    let model = try NamingModel(lines: ["dog", ""])
    let result = try caption.run([photo, "--json", "--model", model.path])
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(record["noun"] as? String == "dog")
    let tokens = try #require(record["tokens"] as? [String])
    #expect(!Set(tokens).isDisjoint(with: ["dog", "dogs"]))
    // The worker goes the same way.
    let worker = try caption.run(
      ["worker", "--model", model.path], input: Data((photo + "\n").utf8))
    let answer = try #require(
      try JSONSerialization.jsonObject(with: Data(worker.output.utf8)) as? [String: Any])
    #expect(answer["caption"] as? String == record["caption"] as? String)
  }

  @Test func `a file called like a subcommand is a photo when written with its folder`() throws {
    let folder = try TemporaryFolder()
    let copy = folder.path + "/features"
    try FileManager.default.copyItem(
      atPath: projectFolder.appending(path: photo).path, toPath: copy)
    #expect(try caption.run([copy]).output == sentence + "\n")
  }

  @Test func `the attention figure is a PNG with a panel a word`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/figure.png"
    let result = try caption.run([photo, "--attention", path])
    #expect(result.output == sentence + "\n")
    let bytes = try Data(contentsOf: URL(filePath: path))
    #expect(bytes.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
  }

  @Test func `every command's help has an example`() throws {
    for command in [
      [], ["describe"], ["features"], ["classify"], ["model"], ["model", "list"],
      ["model", "info"], ["model", "calibrate"], ["batch"], ["undo"], ["search"],
      ["list"], ["show"], ["similar"], ["stats"], ["diff"], ["failures"], ["note"], ["forget"],
      ["export"], ["worker"], ["store"], ["store", "info"],
      ["store", "check"], ["store", "vacuum"], ["store", "backup"], ["store", "import"],
      ["store", "merge"],
    ] {
      let result = try caption.run(command + ["--help"])
      #expect(result.status == 0)
      #expect(result.output.contains("EXAMPLE"), "\(command)")
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `completions are generated`(shell: String) throws {
    let result = try caption.run(["--generate-completion-script", shell])
    #expect(result.status == 0)
    #expect(result.output.contains("features"))
  }
}
