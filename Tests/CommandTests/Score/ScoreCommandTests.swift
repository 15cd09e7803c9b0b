import Foundation
import TestSupport
import Testing

@Suite struct ScoreCommandTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
  }

  private func write(_ name: String, _ text: String) throws -> String {
    let path = folder.path + "/" + name
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  /// Four images, of which three are in the results, and in another order.
  private func references() throws -> String {
    try write(
      "references.json",
      """
      {"images": [
        {"id": 11, "file_name": "val/wave.jpg"}, {"id": 12}, {"id": 9, "file_name": "food.jpg"},
        {"id": 10, "file_name": "boy.jpg"}],
      "annotations": [
        {"image_id": 9, "id": 1, "caption": "A plate of food with broccoli and rice."},
        {"image_id": 11, "id": 2, "caption": "A man riding a wave on top of a surfboard. "},
        {"image_id": 9, "id": 3, "caption": "A meal is on the plate."},
        {"image_id": 12, "id": 4, "caption": "Nothing."},
        {"image_id": 11, "id": 5, "caption": "A guy (in a wetsuit) is surfing."},
        {"image_id": 10, "id": 6, "caption": "The boy didn’t miss the ball."}]}
      """)
  }

  private func results() throws -> String {
    try write(
      "results.json",
      """
      [{"image_id": 9, "caption": "a plate of food"}, {"image_id": 10, "caption": "Boy."},
      {"image_id": 11, "caption": "a man riding a wave on a surfboard in the ocean"}]
      """)
  }

  private func score(
    _ arguments: String..., environment: [String: String] = [:]
  ) throws -> CommandLineTool.Result {
    try caption.run(
      ["score", "--references", references(), "--results", results()] + arguments,
      environment: ["METEOR_JAR": ""].merging(environment) { $1 })
  }

  private struct Report: Decodable {
    struct Notes: Decodable {
      let tokenizer: String
      let images: Int
      let references: Int
    }

    struct Image: Decodable {
      let id: Int
      let scores: [String: Double]
    }

    let scores: [String: Double]
    let `protocol`: Notes
    let images: [Image]?
  }

  private func report(_ arguments: String...) throws -> Report {
    // JSONSerialization would not read all numbers to the last bit.
    let result = try caption.run(
      ["score", "--references", references(), "--results", results(), "--json"] + arguments)
    return try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
  }

  /// from pycocotools.coco import COCO
  /// from pycocoevalcap.eval import COCOEvalCap  # pycocoevalcap 1.2, without Meteor and Spice
  /// coco = COCO("references.json"); res = coco.loadRes("results.json")
  /// e = COCOEvalCap(coco, res); e.params["image_id"] = res.getImgIds(); e.evaluate(); e.eval
  @Test func `scores are those of the COCO evaluation`() throws {
    let report = try report()
    var scores = report.scores
    #expect(scores.removeValue(forKey: "METEOR-exact-stem") != nil)
    #expect(
      scores == [
        "BLEU-1": 0.5649424605537878, "BLEU-2": 0.5025158554023796, "BLEU-3": 0.44635947273844256,
        "BLEU-4": 0.3996841981660211, "ROUGE-L": 0.5391955076291707, "CIDEr-D": 2.1819643692712933,
      ])
    #expect(report.protocol.images == 3)
    #expect(report.protocol.references == 5)
    #expect(report.protocol.tokenizer == "PTB, as in pycocoevalcap 1.2")
    #expect(report.images == nil)
  }

  @Test func `people get them times 100, and are told how they were come by`() throws {
    let lines = try score().lines
    #expect(
      lines.prefix(7).map { $0.prefix { $0 != "\t" } } == [
        "BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr-D", "METEOR-exact-stem",
      ])
    #expect(lines[0] == "BLEU-1\t56.49")
    #expect(lines.contains("vocabulary\t13 words"))
    #expect(!lines.contains { $0.hasPrefix("new captions") })
    #expect(
      lines.last?.hasPrefix(
        "protocol\t3 images, 5 references; tokens: PTB, as in pycocoevalcap 1.2")
        == true)
    let trained = try score("--training", references())
    #expect(trained.lines.contains("new captions\t100.00"))
  }

  @Test func `each image has a row`() throws {
    let rows = try score("--per-image")
    #expect(
      rows.lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).count } == [
        7, 7, 7,
      ])
    #expect(rows.lines[0].hasPrefix("11\tval/wave.jpg\t"))
    #expect(rows.lines[1].hasSuffix("\ta plate of food"))
    #expect(rows.errors.hasPrefix("caption: 3 images, 5 references; "))
    let images = try #require(try report("--per-image").images)
    #expect(images.map(\.id) == [11, 9, 10])
    #expect(images[0].scores.count == 7)
  }

  @Test(arguments: ["11", "val/wave.jpg", "wave.jpg"])
  func `an image's scores are explained`(name: String) throws {
    let lines = try score("--explain", name).lines
    #expect(lines[0] == "image\t11 (val/wave.jpg)")
    #expect(lines.contains("reference 2\ta guy -lrb- in a wetsuit -rrb- is surfing"))
    #expect(lines.contains("1-gram\tocean: in no reference"))
    #expect(lines.contains("1-gram\ta: in references 1, 2, 3 of 3 count"))
    #expect(lines.contains { $0.hasPrefix("protocol\t") })
    #expect(try score("--explain", name, "--json").output.contains(#""explanation":{"bleu":"#))
  }

  @Test func `an image that is not there cannot be explained`() throws {
    let result = try score("--explain", "12")
    #expect(result.status == 64)
    #expect(result.errors.contains("The results have no image “12”."))
  }

  @Test(arguments: [
    (#"[{"image_id": 13, "caption": "a"}]"#, ": [0].image_id: image 13 is not in "),
    (
      #"[{"image_id": 9, "caption": "a"}, {"image_id": 9, "caption": "b"}]"#,
      ": [1]: picture 9 has a caption already, in [0]\n"
    ),
    (
      #"[{"image_id": "9", "caption": "a"}]"#,
      ": [0].image_id: it is the string “9”, not an integer\n"
    ),
    ("[]", ": its list is empty\n"),
    ("", ": it is not valid JSON"),
  ])
  func `results that cannot be scored are refused in a sentence`(
    text: String, message: String
  ) throws {
    let path = try write("bad.json", text)
    let result = try caption.run(["score", "--references", references(), "--results", path])
    #expect(result.status == 65)
    #expect(result.errors.hasPrefix("caption: \(path)\(message)"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test func `references that cannot be scored against are refused in a sentence`() throws {
    let empty = try write("empty.json", #"{"images": [], "annotations": []}"#)
    let bare = try write(
      "bare.json",
      #"{"images": [{"id": 9}, {"id": 10}, {"id": 11}], "annotations": [{"image_id": 9, "caption": "a"}]}"#
    )
    let long = folder.path + "/long.json"
    try Data().write(to: URL(filePath: long))
    let file = try FileHandle(forWritingTo: URL(filePath: long))
    try file.truncate(atOffset: 2 << 30)
    try file.close()
    for (path, status, message) in [
      (empty, 65, "caption: \(empty): its list “images” is empty\n"),
      (
        bare, 65,
        "caption: \(try results()): [1].image_id: image 10 has no caption in \(bare)\n"
      ),
      (long, 65, "caption: \(long): the file is longer than 1024 MiB\n"),
      (folder.path + "/none", 66, "caption: \(folder.path)/none: there is no such file\n"),
    ] {
      let result = try caption.run(["score", "--references", path, "--results", results()])
      #expect(result.status == Int32(status))
      #expect(result.errors == message)
    }
  }

  @Test func `line ends inside captions are told of`() throws {
    let path = try write("ends.json", #"[{"image_id": 9, "caption": "a\u2028plate"}]"#)
    let result = try caption.run(["score", "--references", references(), "--results", path])
    #expect(
      result.errors == "caption: 1 caption has line ends inside, which are read as spaces\n")
  }

  /// [{"image_id": "b", "score": float("nan"), …}] by Python's json, scored against strings.
  @Test func `strings name images where both files have them`() throws {
    let references = try write(
      "texts.json",
      #"""
      {"images": [{"id": "a"}, {"id": "9"}, {"id": "c"}],
       "annotations": [{"image_id": "a", "caption": "A man."}, {"image_id": "9", "caption": "A dog."},
                       {"image_id": "c", "caption": "A cat."}]}
      """#)
    let results = try write(
      "texts-results.json",
      #"[{"image_id": "9", "caption": "a dog", "score": NaN}, {"image_id": "a", "caption": "a man", "#
        + #""logprobs": [-Infinity]}]"#)
    let scored = try caption.run(
      ["score", "--references", references, "--results", results, "--json", "--per-image"])
    #expect(scored.status == 0)
    #expect(scored.output.contains(#""CIDEr-D":5,"#))
    #expect(scored.output.contains(#""id":"a""#) && scored.output.contains(#""id":"9""#))
    let explained = try caption.run(
      ["score", "--references", references, "--results", results, "--explain", "9"])
    #expect(explained.lines.first == "image\t9")
    for (text, reason) in [
      (#"[{"image_id": 9, "caption": "a"}]"#, "it is the integer 9, not a string"),
      (#"[{"image_id": "z", "caption": "a"}]"#, "image z is not in \(references)"),
    ] {
      let path = try write("other.json", text)
      let refused = try caption.run(["score", "--references", references, "--results", path])
      #expect(refused.status == 65)
      #expect(refused.errors == "caption: \(path): [0].image_id: \(reason)\n")
    }
  }

  @Test func `a CIDEr of one image is explained`() throws {
    let path = try write("one.json", #"[{"image_id": 9, "caption": "a plate of food"}]"#)
    let note =
      "CIDEr-D is 0 by definition: it weighs words by the logarithm of how few images have them, and "
      + "log(1/1) is 0; it needs more than one image"
    func run(_ options: String...) throws -> CommandLineTool.Result {
      try caption.run(["score", "--references", references(), "--results", path] + options)
    }
    #expect(try run().lines.contains("note\t" + note))
    #expect(try run("--explain", "9").lines.contains("note\t" + note))
    #expect(try run("--per-image").errors.contains("caption: " + note + "\n"))
    #expect(try run("--json").output.contains(#""note":"\#(note)""#))
    #expect(!(try score().output.contains("note\t")))
    #expect(!(try score("--json").output.contains(#""note""#)))
  }

  /// VizWiz's own evaluation: https://github.com/Yinan-Zhao/vizwiz-caption
  @Test func `references that VizWiz marks do not count`() throws {
    func references(_ isMarked: Bool) throws -> String {
      let marked =
        isMarked
        ? #"""
        , {"image_id": 1, "caption": "Quality issues.", "is_precanned": true, "is_rejected": false},
        {"image_id": 2, "caption": "spam", "is_precanned": false, "is_rejected": true},
        {"image_id": 3, "caption": "Quality issues.", "is_precanned": true, "is_rejected": false}
        """# : ""
      return try write(
        "vizwiz\(isMarked).json",
        #"""
        {"images": [{"id": 1}, {"id": 2}, {"id": 3}],
         "annotations": [{"image_id": 1, "caption": "A can."}, {"image_id": 2, "caption": "A box."}\#(marked)]}
        """#)
    }
    let three = try write(
      "three.json",
      #"[{"image_id": 1, "caption": "a can"}, {"image_id": 2, "caption": "spam"}, "#
        + #"{"image_id": 3, "caption": "Quality issues."}]"#)
    let two = try write(
      "two.json", #"[{"image_id": 1, "caption": "a can"}, {"image_id": 2, "caption": "spam"}]"#)
    let marked = try caption.run(["score", "--references", references(true), "--results", three])
    let plain = try caption.run(["score", "--references", references(false), "--results", two])
    #expect(marked.status == 0)
    #expect(marked.output == plain.output)
    #expect(
      marked.errors
        == "caption: 2 precanned and 1 rejected references do not count, as in VizWiz’s evaluation\n"
        + "caption: 1 image has no other references and is not scored\n")
    let explained = try caption.run(
      ["score", "--references", references(true), "--results", three, "--explain", "3"])
    #expect(explained.status == 64)
    #expect(
      explained.errors.contains(
        "The image “3” is not scored: all its references are precanned or rejected."))
    let one = try write("one.json", #"[{"image_id": 3, "caption": "a can"}]"#)
    let none = try caption.run(["score", "--references", references(true), "--results", one])
    #expect(none.status == 65)
    #expect(none.errors.contains("are marked as precanned or rejected, and none of them counts"))
  }

  @Test func `bytes of Windows are read and told`() throws {
    let path = folder.path + "/windows.json"
    try
      (Data(#"[{"image_id": 9, "caption": "a plate that"#.utf8) + [0x92]
      + Data(#"s full"}]"#.utf8)).write(to: URL(filePath: path))
    let result = try caption.run(
      ["score", "--references", references(), "--results", path, "--explain", "9"])
    #expect(result.lines.contains("caption\ta plate that 's full"))
    #expect(result.errors.contains("the byte 0x92 is not UTF-8 and was read as “’” (Windows-1252)"))
  }

  @Test func `METEOR is only what the user's own archive says`() throws {
    let archive = try write("meteor.jar", "")
    let java = try write(
      "java",
      """
      #!/bin/sh
      for i in 1 2 3; do read -r line; echo "1 1 0 0 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 1 1"; done
      read -r line; for i in 1 2 3 4; do echo 0.25; done
      """)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: java)
    let path = folder.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    let scored = try score(environment: ["METEOR_JAR": archive, "PATH": path])
    #expect(scored.lines.contains("METEOR\t25.00"))
    #expect(!(try score().output.contains("METEOR\t")))
    let missing = try score(environment: ["METEOR_JAR": folder.path + "/none"])
    #expect(missing.status == 66)
    #expect(
      missing.errors == "caption: \(folder.path)/none: there is no such METEOR archive\n")
  }
}
