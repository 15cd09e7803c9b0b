import Foundation
import TestSupport
import Testing

@Suite struct EvaluateCommandTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
  }

  private func run(_ arguments: String...) throws -> CommandLineTool.Result {
    try caption.run(arguments, environment: ["CAPTION_STORE": folder.path + "/s.sqlite"])
  }

  /// Imports captions of three samples and, if asked, of a photo that is damaged.
  private func importSamples(damaged: Bool = false) throws {
    for name in ["china.jpg", "flower.jpg", "rocket.jpg"] {
      try FileManager.default.copyItem(
        atPath: projectFolder.path + "/data/samples/" + name, toPath: folder.path + "/" + name)
    }
    try Data("no photo".utf8).write(to: URL(filePath: folder.path + "/broken.jpg"))
    var table = """
      image,caption,split
      china.jpg,A temple with a golden roof.,test
      china.jpg,A building in Beijing.,test
      flower.jpg,A pink flower.,test
      rocket.jpg,A rocket stands on the launch pad.,test

      """
    if damaged { table += "broken.jpg,Nothing at all.,test\n" }
    let file = folder.path + "/samples.csv"
    try Data(table.utf8).write(to: URL(filePath: file))
    let imported = try run(
      "dataset", "import", "samples", "--format", "csv", file, "--images", folder.path)
    #expect(imported.status == 0, "\(imported.errors)")
  }

  @Test func `a split is captioned, scored and kept`() throws {
    try importSamples()
    let first = try run("evaluate", "--dataset", "samples", "--json")
    #expect(first.status == 0, "\(first.errors)")
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [String: Any])
    #expect(record["images"] as? Int == 3)
    #expect(
      ((record["protocol"] as? [String: Any])?["scoring"] as? [String: Any])?["references"] as? Int
        == 4)
    let scores = try #require(record["scores"] as? [String: Double])
    #expect(try #require(scores["BLEU-1"]) > 0 && scores["vocabulary"] ?? 0 > 3)
    // The same captions come from the store now, and score the same.
    let second = try run("evaluate", "--dataset", "samples", "--json")
    let again = try #require(
      try JSONSerialization.jsonObject(with: Data(second.output.utf8)) as? [String: Any])
    #expect(again["scores"] as? [String: Double] == scores)
    let runs = try run("runs", "list", "--all").lines.map { $0.split(separator: "\t") }
    #expect(
      runs.map { $0[2...3].joined(separator: " ") }
        == Array(repeating: "evaluation finished", count: 2))
    // Captioned the first time, skipped the second.
    #expect(runs.map { Array($0[5...6]) } == [["0", "3"], ["3", "0"]])
  }

  @Test func `photos that cannot be captioned stop the scoring unless that is allowed`() throws {
    try importSamples(damaged: true)
    let refused = try run("evaluate", "--dataset", "samples")
    #expect(refused.status == 65)
    #expect(refused.errors.contains("broken.jpg: "))
    #expect(
      refused.errors.hasSuffix(
        "caption: 1 of 4 photos could not be captioned, such as broken.jpg, so nothing was scored; "
          + "--allow-missing scores the others\n"))
    #expect(try run("runs", "list").output == "")
    let allowed = try run("evaluate", "--dataset", "samples", "--allow-missing")
    #expect(allowed.status == 0)
    #expect(allowed.lines.contains("not captioned\t1 photos"))
  }

  @Test func `datasets and splits that are not there are named`() throws {
    #expect(try run("evaluate", "--dataset", "x").status == 66)
    try importSamples()
    let dataset = try run("evaluate", "--dataset", "x")
    #expect(dataset.status == 66 && dataset.errors.contains("“x”"))
    let split = try run("evaluate", "--dataset", "samples", "--split", "dev")
    #expect(split.status == 66 && split.errors.contains("“dev”"))
    #expect(try run("evaluate").status == 64)
  }

  @Test func `an album and experiments are apart`() throws {
    try importSamples()
    let own = projectFolder.appending(path: "data/samples/chelsea.png").path
    #expect(try run("batch", own).status == 0)
    let first = try run("evaluate", "--dataset", "samples")
    #expect(first.lines.first == "run\t1", "\(first.output)")
    for arguments in [["search", "origin:machine"], ["list"], ["export", "--format", "ndjson"]] {
      let environment = ["CAPTION_STORE": folder.path + "/s.sqlite"]
      #expect(try caption.run(arguments, environment: environment).lines.count == 1)
      let all = try caption.run(arguments + ["--datasets"], environment: environment)
      #expect(all.lines.count == 4, "\(all.output)")
    }
    #expect(try run("search", "dataset:samples").lines.count == 3)
    #expect(try run("stats").output.contains("pictures       1\n"))
    #expect(try run("stats", "--datasets").output.contains("pictures       4\n"))
    // What it was called while it was numbered along with batches.
    let old = try run("runs", "show", "2")
    #expect(old.status == 66 && old.errors.contains("what was run 2 is evaluation 1 by now"))
  }

  @Test func `runs are shown, compared, exported and removed`() throws {
    try importSamples()
    #expect(try run("evaluate", "--dataset", "samples").status == 0)
    #expect(try run("evaluate", "--dataset", "samples", "--beam", "1").status == 0)
    let shown = try run("runs", "show", "1", "--photos", "1", "--plot", folder.path + "/p.png")
    #expect(shown.status == 0)
    #expect(
      shown.output.contains("protocol\t3 images, 4 references; tokens: PTB")
        && shown.output.contains("\nworst by CIDEr-D\n"))
    let png = try Data(contentsOf: URL(filePath: folder.path + "/p.png"))
    #expect(png.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
    let rows = try run("runs", "show", "1", "--per-image").lines
    #expect(rows.count == 3 && rows[0].hasPrefix("china.jpg\t"))

    let svg = folder.path + "/p.svg"
    let compared = try run(
      "runs", "compare", "2", "1", "--resamples", "200", "--plot", svg, "--json")
    #expect(compared.status == 0, "\(compared.errors)")
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(compared.output.utf8)) as? [String: Any])
    #expect(record["photos"] as? Int == 3)
    #expect((record["metrics"] as? [[String: Any]])?.count == 7)
    #expect(try String(contentsOfFile: svg, encoding: .utf8).hasPrefix("<svg "))
    #expect(
      try run("runs", "compare", "2", "1", "--resamples", "200").output
        .contains("95 % INTERVAL"))

    let results = try run("runs", "export", "1").output
    let entries = try #require(
      try JSONSerialization.jsonObject(with: Data(results.utf8)) as? [[String: Any]])
    #expect(entries.map { $0["image_id"] as? Int } == [1, 2, 3])
    let page = try run("runs", "export", "1", "--format", "html").output
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("A temple with a golden roof."))

    #expect(try run("runs", "remove", "1").status == 0)
    let gone = try run("runs", "show", "1")
    #expect(gone.status == 66)
    #expect(
      gone.errors
        == "caption: there is no evaluation 1; “caption runs list” shows those that there are\n")
    #expect(try run("runs", "show", "2", "--metric", "METEOR").status == 64)
    #expect(try run("runs", "show", "2", "--plot", "x.gif").status == 64)
  }
}
