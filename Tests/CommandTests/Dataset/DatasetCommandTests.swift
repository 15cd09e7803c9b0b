import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct DatasetCommandTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
  }

  private func run(_ arguments: String...) throws -> CommandLineTool.Result {
    try caption.run(["dataset"] + arguments, environment: environment)
  }

  private var environment: [String: String] { ["CAPTION_STORE": folder.path + "/s.sqlite"] }

  private func write(_ name: String, _ text: String) throws -> String {
    let path = folder.path + "/" + name
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  /// Captions with all that a format might lose, of photos that are there.
  private func sample() throws -> String {
    let photos = try PhotoFolder(folder.path + "/images")
    for name in ["a.png", "b.png", "c.png"] { try photos.add(.init(name)) }
    return try write(
      "d.csv",
      "image,caption,split,id\na.png,\"A pond, \"\"blue\"\".\n\",train,7\na.png, Ducks ,train,7\n"
        + "b.png,Café\u{2028}.,val,5\nc.png,A hill|road.,val,9\nc.png,A hill|road.,val,9\n")
  }

  @Test func `an import is listed, described and removed`() throws {
    let file = try sample()
    let first = try run("import", "d", "--format", "csv", file)
    #expect(first.status == 0)
    #expect(
      first.lines == [
        "dataset\td", "change\tcreated", "photos in train\t1", "photos in val\t2", "captions\t5",
      ])
    #expect(
      first.errors.contains(
        "caption: \(file): line 6: stray separator: “A hill|road.” of “c.png” has “|”\n"))
    let second = try run("import", "d", "--format", "csv", file, "--json", "--quiet")
    #expect(second.errors == "")
    #expect(second.output.contains(#""change":"unchanged""#))
    #expect(try run("list").output.hasPrefix("d\tcsv\t3\t5\ttrain 1, val 2\t"))
    let info = try run("info", "d").lines
    #expect(
      info.contains(
        "split val\t2 photos, 3 captions (1 to 2 a photo), 5 words (1 to 2 a caption, 1.7 on "
          + "average), 3 different words, 0 of them five times or more"))
    #expect(try run("remove", "d").status == 0)
    #expect(try run("list").output == "")
    let gone = try run("info", "d")
    #expect(gone.status == 66)
    #expect(gone.errors.hasSuffix("there is no dataset “d” in the store\n"))
  }

  @Test(arguments: ["coco", "karpathy", "csv", "jsonl"])
  func `what is exported is imported as it was`(format: String) throws {
    #expect(try run("import", "d", "--format", "csv", sample()).status == 0)
    let lines = try run("export", "d", "--format", "jsonl").output
    let file = folder.path + "/out"
    #expect(try run("export", "d", "--format", format, "--output", file).status == 0)
    #expect(try run("import", "e", "--format", format, file, "--quiet").status == 0)
    let again = try run("export", "e", "--format", "jsonl").output
    #expect(again == lines)
    #expect(again.hasPrefix(#"{"captions":["A pond, \"blue\".\n"," Ducks "],"id":7,"image""#))
    let val = try run("export", "d", "--format", format, "--split", "val")
    #expect(val.output.contains("c.png") && !val.output.contains("a.png"))
    #expect(try run("export", "d", "--format", format, "--split", "x").status == 66)
  }

  /// Whatever part of the dataset is exported, a photo has the same number.
  @Test func `photos keep their numbers in COCO's form, others get what is left`() throws {
    let file = try write(
      "n.csv",
      "image,caption,split,id\na.png,A.,train,\nb.png,B.,val,1\nc.png,C.,val,\nd.png,D.,val,1\n"
    )
    #expect(try run("import", "n", "--format", "csv", file, "--quiet").status == 0)
    func numbers(_ options: String...) throws -> [String] {
      let output = try caption.run(
        ["dataset", "export", "n", "--format", "coco"] + options, environment: environment
      ).output
      return output.matches(of: #/"file_name":"(\w)\.png","id":(\d+)/#).map {
        "\($0.1)\($0.2)"
      }
    }
    #expect(try numbers() == ["a2", "b1", "c3", "d4"])
    #expect(try numbers("--split", "val") == ["b1", "c3", "d4"])
  }

  @Test func `captions that look like formulas come back from CSV as they were`() throws {
    let captions = ["=1+1", "'=1", "''-x", "-5", "+5", "-a", "@b", "'quoted'", "a", "＝1", "-1e3"]
    let file = try write(
      "f.jsonl",
      captions.enumerated().map {
        #"{"image": "-\#($0.offset).png", "captions": ["\#($0.element)"]}"# + "\n"
      }.joined())
    #expect(try run("import", "f", "--format", "jsonl", file, "--quiet").status == 0)
    let csv = try run("export", "f", "--format", "csv").output
    #expect(csv.contains(",'-0.png,all,'=1+1\r\n"))
    #expect(csv.contains(",all,-5\r\n") && csv.contains(",all,'+5\r\n"))
    #expect(!csv.contains(",=") && !csv.contains(",＝") && !csv.contains(",@"))
    let again = try write("f.csv", csv)
    #expect(try run("import", "g", "--format", "csv", again, "--quiet").status == 0)
    #expect(
      try run("export", "g", "--format", "jsonl").output
        == run("export", "f", "--format", "jsonl").output)
  }

  @Test func `a check tells what spoils an evaluation`() throws {
    let file = try sample()
    #expect(try run("import", "d", "--format", "csv", file).status == 0)
    let sound = try run("check", "d")
    #expect(sound.status == 0)
    #expect(
      sound.lines.contains(
        "remark\tduplicate caption\t\(file): line 7\t“A hill|road.” of “c.png” is there already"))
    let images = folder.path + "/images"
    try FileManager.default.removeItem(atPath: images + "/c.png")
    try FileManager.default.removeItem(atPath: images + "/b.png")
    try FileManager.default.copyItem(atPath: images + "/a.png", toPath: images + "/b.png")
    let spoilt = try run("check", "d", "--json")
    #expect(spoilt.status == 65)
    let grave = spoilt.lines.filter { $0.contains(#""severity":"spoiling""#) }
    #expect(
      grave == [
        #"{"detail":"there is no file of “c.png”","kind":"missing photo","severity":"spoiling","#
          + #""where":"\#(images)/c.png"}"#,
        #"{"detail":"the same file as \#(images)/a.png, in “val” and “train”","kind":"#
          + #""photo in two splits","severity":"spoiling","where":"\#(images)/b.png"}"#,
      ])
    #expect(spoilt.errors.contains("3 photos:") && spoilt.errors.contains("2 that spoil"))
  }

  @Test func `a check shows the captions in question`() throws {
    let file = try write(
      "s.jsonl",
      #"""
      {"file_name": "a.png", "text": ["A \u001b[31mred\u001b[0m disc.", "A|box"]}
      {"file_name": "b.png", "text": "[\"A hill.\", \"Grass.\"]"}
      {"file_name": "c.png", "text": "['A road.', 3]"}
      """#)
    let imported = try run("import", "s", "--format", "jsonl", file)
    #expect(imported.status == 0)
    #expect(!imported.errors.contains("\u{1B}"))
    let details = try run("check", "s").lines.map {
      $0.split(separator: "\t").last.map(String.init) ?? ""
    }
    #expect(details.contains("“A|box” of “a.png” has “|”"))
    #expect(
      details.contains(
        "“['A road.', 3]” of “c.png” looks like a list of captions, which cannot be read; kept as one "
          + "caption"))
    let json = try run("check", "s", "--json").output
    #expect(json.contains(#""detail":"“A|box” of “a.png” has “|”","kind":"stray separator""#))
    #expect(json.contains(#"“A \u001b[31mred\u001b[0m disc.” of “a.png” has U+001B"#))
    #expect(try run("info", "s").output.contains(", 5 captions (1 to 2 a photo)"))
    // A caption that would be taken for a list comes back as it was.
    let list = try write("l.jsonl", #"{"image": "a.png", "captions": ["['A', 'B']"]}"#)
    #expect(try run("import", "l", "--format", "jsonl", list, "--quiet").status == 0)
    let table = try write("l.csv", try run("export", "l", "--format", "csv").output)
    #expect(try run("import", "m", "--format", "csv", table, "--quiet").status == 0)
    #expect(
      try run("export", "m", "--format", "jsonl").output
        == run("export", "l", "--format", "jsonl").output)
  }

  @Test func `photos that were not found are taken up as the hint says`() throws {
    let photos = try PhotoFolder(folder.path + "/elsewhere")
    try photos.add(.init("x.png"))
    let file = try write("x.csv", "image,caption\nx.png,A.\n")
    let first = try run("import", "x", "--format", "csv", file)
    #expect(first.errors.contains("--images FOLDER says where they are, with --replace"))
    let check = try run("check", "x")
    #expect(check.status == 65)
    #expect(check.output.contains("import it again with --images and --replace"))
    #expect(check.errors.contains("1 photo: 1 finding, 1 that spoils evaluations"))
    let again = try run(
      "import", "x", "--format", "csv", file, "--images", photos.path, "--replace")
    #expect(again.status == 0)
    #expect(try run("check", "x").status == 0)
  }

  @Test func `other contents need to be wanted`() throws {
    #expect(try run("import", "d", "--format", "csv", sample()).status == 0)
    let other = try write("o.csv", "image,caption\na.png,A pond.\n")
    let refused = try run("import", "d", "--format", "csv", other)
    #expect(refused.status == 65)
    #expect(
      refused.errors.hasSuffix("other contents under the name “d”; --replace replaces them\n"))
    let replaced = try run("import", "d", "--format", "csv", other, "--replace")
    #expect(replaced.lines.contains("change\treplaced: 0 photos added, 1 changed, 2 removed"))
  }

  @Test(arguments: [
    ("csv", "image,caption\na.png,A.\nb.png,\n", ["--strict"], Int32(65), "nothing was imported"),
    ("csv", "image,caption\na.png,A.\n", ["--images", "/nowhere"], 65, "nothing was imported"),
    ("csv", "", [], 65, "there are no captions in it"),
    (
      "coco", #"{"images": [{"id": 1}], "annotations": [{"image_id": "1", "caption": "A."}]}"#, [],
      65, "annotations[0].image_id: it is the string “1”, not an integer"
    ),
    (
      "coco", #"{"images": [], "annotations": []}"#, [], 65, "its list “images” is empty"
    ),
    ("csv", "image,caption\na.png,A.\n", ["--separator", "::"], 64, "--separator"),
    ("jsonl", "{}", ["--separator", ";"], 64, "--separator"),
    ("jsonl", "{}", ["--with-runs"], 64, "--with-runs"),
  ])
  func `bad input changes nothing`(
    format: String, text: String, options: [String], status: Int32, reason: String
  ) throws {
    let file = try write("bad", text)
    let result = try caption.run(
      ["dataset", "import", "d", "--format", format, file] + options, environment: environment)
    #expect(result.status == status)
    #expect(result.errors.contains(reason))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/s.sqlite"))
  }

  @Test func `two gigabytes are refused at once`() throws {
    let file = try write("long.json", "")
    truncate(file, 2 << 30)
    let result = try run("import", "d", "--format", "coco", file)
    #expect(result.status == 65)
    #expect(result.errors == "caption: \(file): the file is longer than 1024 MiB\n")
  }

  @Test func `splits are named before files`() throws {
    let train = try write("t.jsonl", #"{"image": "a.png", "caption": "A."}"#)
    let test = try write("u=v.jsonl", #"{"image": "b.png", "caption": "B."}"#)
    let result = try run(
      "import", "d", "--format", "jsonl", "training=" + train, test, "--split", "odd")
    #expect(result.lines.contains("photos in train\t1"))
    #expect(result.lines.contains("photos in odd\t1"))
  }

  /// Whenever the signal comes, all of it is there or nothing.
  @Test(arguments: [0.05, 0.3])
  func `an interrupted import leaves nothing`(seconds: Double) throws {
    let rows = (0..<100_000).map { "\($0).jpg,A photo of the number \($0)." }
    let file = try write("many.csv", "image,caption\n" + rows.joined(separator: "\n"))
    let running = try caption.start(
      ["dataset", "import", "d", "--format", "csv", file], environment: environment)
    Thread.sleep(forTimeInterval: seconds)
    running.signal(SIGINT)
    let result = try running.wait()
    let listed =
      FileManager.default.fileExists(atPath: folder.path + "/s.sqlite")
      ? try run("list").lines.count : 0
    // Before it listens for signals, one simply ends it.
    #expect([0, 2, 130].contains(result.status))
    #expect(listed == (result.status == 0 ? 1 : 0))
  }
}
