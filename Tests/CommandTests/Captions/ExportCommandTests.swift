import Files
import Foundation
import Store
import SystemPackage
import TestSupport
import Testing

@Suite struct ExportCommandTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder
  private var store: String { folder.path + "/captions.sqlite" }

  /// What the store holds, in the order of the paths' bytes.
  private static let captions: [(path: FilePath, text: String)] = [
    ("/photos/COCO_val2014_000000000042.jpg", "A dog, running."),
    ("/photos/COCO_val2014_000000016744.jpg", "=HYPERLINK(\"http://x\")"),
    ("/photos/b\ttab\\.jpg", "Two\nlines, \"quoted\"\r\n</script><b>🐕‍🦺"),
    (FilePath(platformString: [47, 112, 47, -1, 46, 106, 112, 103, 0]), "Not text."),
  ]

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
    let store = try Store(path: FilePath(folder.path + "/captions.sqlite"), for: .create)
    let model = ModelIdentity(
      name: "sample", contentHash: ContentHash(of: [1]), configuration: #"{"name":"sample"}"#)
    let work = try store.work(model, options: #"{"beam_width":3}"#)
    let run = try store.beginRun(.batch, request: "{}", work: work)
    _ = try store.record(
      Self.captions.map { path, text in
        var photo = PhotoRecord(
          identity: PhotoIdentity(content: ContentHash(of: Array(path.string.utf8))), byteCount: 9,
          format: "JPEG",
          width: 40, height: 30)
        photo.facts.humanCaptions = [HumanCaption(text: "Person: \(text)", source: .note)]
        let machine = MachineCaption(
          text: text, logProbability: -2, confidence: 0.5,
          words: [.init(word: "dog", logProbability: -1)],
          alternatives: [.init(caption: "A cat.", logProbability: -3)])
        return (
          path, FileState(byteCount: 9, modifiedNanoseconds: 8),
          Outcome.captioned(photo, machine, embedding: [3, 4])
        )
      }, run: run, work: work)
    try store.endRun(run, .finished)
    try store.close()
  }

  private func export(_ format: String, _ options: String...) throws -> String {
    let result = try caption.run(["export", "--format", format, "--store", store] + options)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors == "")
    return result.output
  }

  /// The texts in the order of the export: `/p/…` comes before `/photos/…`.
  private var ordered: [(path: FilePath, text: String)] {
    Self.captions.suffix(1) + Self.captions.dropLast()
  }

  @Test func `NDJSON and JSON hold the same, and can be decoded`() throws {
    let lines = try export("ndjson", "--embeddings").split(separator: "\n").map {
      try JSONValue.decode(CaptionExchange.self, from: Array($0.utf8))
    }
    #expect(lines.map(\.filePath) == ordered.map(\.path))
    #expect(lines.map(\.caption) == ordered.map(\.text))
    #expect(lines.allSatisfy { $0.embedding?.count == 4 })
    let json = try export("json", "--embeddings")
    #expect(try JSONValue.decode([CaptionExchange].self, from: Array(json.utf8)) == lines)
    let none = try export("json", "--limit", "0")
    #expect(try JSONValue.decode([CaptionExchange].self, from: Array(none.utf8)) == [])
  }

  @Test func `the keys of a line`() throws {
    let line = try #require(
      try export("ndjson", "--folder", "/photos").split(separator: "\n").first)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(
      Set(object.keys) == [
        "path", "files", "content_hash", "byte_count", "format", "width", "height", "caption",
        "confidence", "log_probability", "words", "alternatives", "model", "decoding", "created_at",
        "human_captions", "picture_hash", "orientation",
      ])
  }

  @Test func `what is exported can be imported, and exported again as it was`() throws {
    let lines = try export("ndjson", "--embeddings", "--all")
    #expect(lines.contains(#""embedding":""#))
    let other = ["--store", folder.path + "/other.sqlite"]
    let imported = try caption.run(["store", "import", "-"] + other, input: Data(lines.utf8))
    #expect(imported.status == 0, "\(imported.errors)")
    let again = try caption.run(["export", "--format", "ndjson", "--embeddings", "--all"] + other)
    #expect(again.output == lines)
  }

  @Test func `CSV comes back cell by cell`() throws {
    let rows = parsedCSV(try export("csv"))
    let heading = rows[0]
    #expect(heading.prefix(3) == ["path", "path_base64", "content_hash"])
    #expect(rows.allSatisfy { $0.count == heading.count })
    func column(_ name: String) throws -> [String] {
      let index = try #require(heading.firstIndex(of: name))
      return rows.dropFirst().map { $0[index] }
    }
    // No spreadsheet runs what strangers wrote.
    #expect(
      try column("caption") == ordered.map { $0.text.hasPrefix("=") ? "'" + $0.text : $0.text })
    #expect(try column("log_probability") == ["-2.0", "-2.0", "-2.0", "-2.0"])
    #expect(try column("path").dropFirst() == ordered.dropFirst().map(\.path.string)[...])
    #expect(
      try column("path_base64") == [Data([47, 112, 47, 255]) + Data(".jpg".utf8)]
        .map { $0.base64EncodedString() } + ["", "", ""])
    #expect(try column("confidence") == ["0.5", "0.5", "0.5", "0.5"])
    #expect(try column("decoding").first == #"{"beam_width":3}"#)
    let human = try JSONDecoder().decode(
      [CaptionExchange.Human].self, from: Data(try column("human_captions")[3].utf8))
    #expect(human.map(\.text) == ["Person: \(ordered[3].text)"])
  }

  @Test func `text has a line a picture`() throws {
    let path = folder.path + "/captions.txt"
    _ = try export("txt", "--output", path)
    let lines = try Data(contentsOf: URL(filePath: path)).split(separator: 10)
    #expect(lines[0] == Data([47, 112, 47, 255]) + Data(".jpg\tNot text.".utf8))
    #expect(
      lines.dropFirst().map { String(decoding: $0, as: UTF8.self) } == [
        "/photos/COCO_val2014_000000000042.jpg\tA dog, running.",
        "/photos/COCO_val2014_000000016744.jpg\t=HYPERLINK(\"http://x\")",
        #"/photos/b\ttab\\.jpg"# + "\t" + #"Two\nlines, "quoted"\r\n</script><b>🐕‍🦺"#,
      ])
    #expect(
      try export("txt", "--human", "--limit", "2", "--folder", "/photos").contains(
        "\tPerson: A dog, running.\n"))
  }

  private struct COCO: Decodable {
    struct Image: Decodable {
      let id: Int
      let fileName: String
      let width: Int
      let height: Int

      enum CodingKeys: String, CodingKey {
        case id, width, height
        case fileName = "file_name"
      }
    }
    let images: [Image]
    let annotations: [COCOResult]
  }

  private struct COCOResult: Decodable {
    let id: Int?
    let imageID: Int
    let caption: String

    enum CodingKeys: String, CodingKey {
      case id, caption
      case imageID = "image_id"
    }
  }

  @Test func `COCO annotations belong to their pictures`() throws {
    let decoder = JSONDecoder()
    let coco = try decoder.decode(COCO.self, from: Data(try export("coco").utf8))
    #expect(coco.images.map(\.id).sorted() == [1, 2, 3, 4])
    #expect(coco.annotations.map(\.imageID) == coco.images.map(\.id))
    #expect(coco.annotations.map(\.id) == [1, 2, 3, 4])
    #expect(coco.annotations.map(\.caption) == ordered.map(\.text))
    #expect(coco.images.allSatisfy { ($0.width, $0.height) == (40, 30) })
    #expect(coco.images[1].fileName == ordered[1].path.string)
    let human = try decoder.decode(COCO.self, from: Data(try export("coco", "--human").utf8))
    #expect(human.annotations.map(\.caption) == ordered.map { "Person: \($0.text)" })
    let results = try decoder.decode(
      [COCOResult].self, from: Data(try export("coco-results").utf8))
    #expect(results.map(\.imageID) == coco.images.map(\.id))
  }

  @Test func `pictures called as in COCO have COCO's numbers`() throws {
    let options = ["--folder", "/photos", "--limit", "2"]
    let result = try caption.run(["export", "-f", "coco-results", "--store", store] + options)
    let results = try JSONDecoder().decode([COCOResult].self, from: Data(result.output.utf8))
    #expect(results.map(\.imageID) == [42, 16744])
  }

  @Test func `the page lists photos whose files are gone`() throws {
    let path = folder.path + "/page.html"
    let result = try caption.run([
      "export", "--format", "html", "--store", store, "--output", path, "--title", "A <title>",
    ])
    #expect(result.status == 0)
    #expect(result.errors == "caption: 4 of 4 photos have no thumbnail\n")
    let page = try String(contentsOfFile: path, encoding: .utf8)
    #expect(page.contains("<title>A &lt;title&gt;</title>"))
    #expect(!page.contains("</script><b>"))
    // Nothing else was left in the folder.
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
        $0.hasPrefix(".")
      } == [])
  }

  @Test func `a result replaces the old one when it is complete, through links, and not before`()
    throws
  {
    let (target, link) = (folder.path + "/target", folder.path + "/link")
    try Data("[\"old\"]".utf8).write(to: URL(filePath: target))
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: target)
    _ = try export("json", "--output", link)
    #expect(try String(contentsOfFile: target, encoding: .utf8).hasPrefix("[\n{"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
    let mode = try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions]
    #expect(mode as? Int == 0o600)
    #expect(
      try caption.run(["export", "-f", "csv", "--store", store, "-o", "/dev/stdout"]).output
        == export("csv"))
  }

  @Test(
    arguments: [
      (["--format", "html"], 64), (["--format", "pdf"], 64), ([], 64),
      (["--format", "csv", "--limit", "-1"], 64), (["--format", "csv", "--embeddings"], 64),
      (["--format", "json", "--human"], 64), (["--format", "coco-results", "--all"], 64),
      (["--format", "json", "--title", "x"], 64), (["--format", "json", "--model", "none"], 64),
      (["--format", "html", "--output", "x", "--thumbnail-size", "9"], 64),
      (["--format", "json", "--store", "/not/there.sqlite"], 66),
      (["--format", "json", "--output", "/not/there/x.json"], 74),
      (["--format", "json", "--output", "/"], 74),
      (["--format", "csv", "--output", "/dev/full"], 74),
    ] as [([String], Int32)])
  func `a failure has the status of its kind`(arguments: [String], status: Int32) throws {
    let places = arguments.contains("--store") ? [] : ["--store", store]
    let result = try caption.run(["export"] + arguments + places)
    #expect(result.status == status, "\(result.errors)")
    #expect(!result.errors.isEmpty)
  }

  @Test func `a full disk under standard output is an input or output failure`() throws {
    let result = try caption.run(
      ["export", "--format", "json", "--store", store], outputPath: "/dev/full")
    #expect(result.status == 74)
    #expect(
      result.errors == "caption: standard output: cannot be written: No space left on device\n")
  }
}

/// The cells of comma-separated values by the grammar of RFC 4180.
private func parsedCSV(_ text: String) -> [[String]] {
  var rows: [[String]] = []
  var row: [String] = []
  var cell = String.UnicodeScalarView()
  var isQuoted = false
  var scalars = text.unicodeScalars[...]
  func end() {
    row.append(String(cell))
    cell.removeAll()
  }
  while let scalar = scalars.popFirst() {
    switch (scalar, isQuoted) {
    case ("\"", true) where scalars.first == "\"": cell.append(scalars.removeFirst())
    case ("\"", _): isQuoted.toggle()
    case (",", false): end()
    case ("\r", false) where scalars.first == "\n":
      scalars.removeFirst()
      end()
      rows.append(row)
      row = []
    default: cell.append(scalar)
    }
  }
  return rows
}
