import Foundation
import Store
import SystemPackage
import TestSupport
import Testing

/// What programs are told of a caption is one object, whoever tells it.
@Suite struct CaptionObjectTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder
  private let photo: String

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
    photo = folder.path + "/photo.jpg"
    try FileManager.default.copyItem(
      atPath: projectFolder.appending(path: "data/samples/china.jpg").path, toPath: photo)
  }

  private var store: [String] { ["--store", folder.path + "/captions.sqlite"] }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// A value of JSON as text, equal for equal values.
  private func text(_ value: Any) throws -> String {
    let data = try JSONSerialization.data(withJSONObject: [value], options: .sortedKeys)
    return String(decoding: data, as: UTF8.self)
  }

  private func run(_ arguments: [String], input: String = "") throws -> String {
    let result = try caption.run(arguments, input: Data(input.utf8))
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  /// What each of the commands says of the photo, with beam 1.
  private func all() throws -> [String: String] {
    let batch = try run(["batch", "--beam", "1", "--json", "--sidecar", "json", photo] + store)
    return [
      "describe": try run(["--beam", "1", "--json", "--no-store", photo]),
      "kept": try run(["--beam", "1", "--json", photo] + store),
      "batch": batch,
      "batch, known": try run(["batch", "--beam", "1", "--json", photo] + store),
      "worker": try run(["worker", "--beam", "1"], input: photo + "\n"),
      "export": try run(["export", "--format", "ndjson"] + store),
      "sidecar": try String(contentsOfFile: photo + ".json", encoding: .utf8),
    ]
  }

  @Test func `a field has the same name and value everywhere`() throws {
    let objects = try all().mapValues(object)
    let worker = try #require(objects["worker"])
    // What each of them makes anew.
    let own = ["created_at", "milliseconds", "tokens", "generator", "version", "files"]
    for (name, object) in objects {
      for (key, value) in object where !own.contains(key) {
        var value = value
        if key == "model" {
          // An export has the configuration, too.
          value = (value as? [String: Any])?.filter { $0.key != "configuration" } ?? [:]
        }
        #expect(try text(value) == worker[key].map(text), "\(name): \(key)")
      }
      for key in ["caption", "confidence", "log_probability", "words", "alternatives", "decoding"] {
        #expect(object[key] != nil, "\(name) has no \(key)")
      }
      let time = try #require(object["created_at"] as? String)
      #expect(time.hasSuffix("Z") && time.count == 24, "\(name)")
    }
    for name in objects.keys where name != "sidecar" {
      for key in ["path", "content_hash", "byte_count", "format", "width", "height"] {
        #expect(objects[name]?[key] != nil, "\(name) has no \(key)")
      }
    }
    #expect(objects["sidecar"]?["generator"] as? String == "caption")
    #expect(objects["kept"]?["created_at"] as? String == objects["batch"]?["created_at"] as? String)
  }

  @Test func `whatever tells it, another store takes it`() throws {
    for (name, text) in try all() {
      var line = try object(text)
      // A file beside a photo does not say of which.
      if name == "sidecar" {
        let worker = try object(run(["worker", "--beam", "1"], input: photo + "\n"))
        line.merge(worker.filter { line[$0.key] == nil }) { $1 }
      }
      let input = String(decoding: try JSONSerialization.data(withJSONObject: line), as: UTF8.self)
      let other = ["--store", folder.path + "/\(name).sqlite"]
      #expect(try run(["store", "import", "-"] + other, input: input).hasPrefix("captions\t1\n"))
      let exported = try object(run(["export", "--format", "ndjson"] + other))
      #expect(exported["caption"] as? String == line["caption"] as? String)
      #expect(exported["created_at"] as? String == line["created_at"] as? String)
    }
  }

  /// As 0.1.0 wrote them before captions were one object.
  @Test(arguments: [
    // `caption worker`
    #"""
    {"alternatives":[],"byte_count":1138,"caption":"A dog.","confidence":0.3689086427117912,\#
    "content_hash":"8d33ee578bc76b308dad0563fcdeff113e4ee1bd475aad80f23e71f52dd0ce10",\#
    "created_at":"2026-11-30T20:40:11.637Z","decoding":{"beam_width":5,"top":1},"format":"JPEG",\#
    "height":45,"log_probability":-16.519852,"model":{"hash":\#
    "c51c19ead1b0292701e2bdadf5d0d97bd4cde8fcb95a2b2b048dcf52b64d2c89","name":"embedded"},\#
    "modified_nanoseconds":1796071193570049234,"orientation":1,"path":"/p/grey.jpg",\#
    "picture_hash":"71a63895e95a524af2abc0050db0e363d899b75b304282b08081bb9e8957ff27",\#
    "width":67,"words":[{"log_probability":-0.3614987,"word":"a"}]}
    """#,
    // `caption export --format ndjson`
    #"""
    {"alternatives":[],"byte_count":1138,"caption":"A dog.","confidence":0.3689086427117912,\#
    "content_hash":"8d33ee578bc76b308dad0563fcdeff113e4ee1bd475aad80f23e71f52dd0ce10",\#
    "created_at":"2026-11-30T20:40:18.368Z","decoding":{"beam_width":5,"top":1},"files":\#
    [{"byte_count":1138,"modified_nanoseconds":1796071193570049234,"path":"/p/grey.jpg",\#
    "seen_at":"2026-11-30T20:40:18.368Z"}],"format":"JPEG","height":45,\#
    "human_captions":[{"created_at":"2026-11-30T20:40:18.368Z","source":"note","text":"Rex"}],\#
    "log_probability":-16.519852,"model":{"configuration":{"name":"embedded"},"hash":\#
    "c51c19ead1b0292701e2bdadf5d0d97bd4cde8fcb95a2b2b048dcf52b64d2c89","name":"embedded"},\#
    "orientation":1,"path":"/p/grey.jpg","picture_hash":\#
    "71a63895e95a524af2abc0050db0e363d899b75b304282b08081bb9e8957ff27","width":67,\#
    "words":[{"log_probability":-0.3614987,"word":"a"}]}
    """#,
  ])
  func `older lines are imported as before`(line: String) throws {
    #expect(try run(["store", "import", "-"] + store, input: line).hasPrefix("captions\t1\n"))
    let exported = try object(run(["export", "--format", "ndjson"] + store))
    #expect(exported["caption"] as? String == "A dog.")
    #expect(exported["path"] as? String == "/p/grey.jpg")
    #expect(exported["created_at"] as? String == (try object(line))["created_at"] as? String)
  }

  /// With a note, as 0.1.0 wrote a file beside a photo; it names no photo.
  @Test func `an older file beside a photo brings its note where it is told of which`() throws {
    _ = try run(["batch", "--beam", "1", photo] + store)
    let sidecar = #"{"generator": "caption", "note": "Rex at Lake Garda", "version": "0.1.0", "#
    let line = sidecar + #""path": "\#(photo)"}"#
    #expect(try run(["store", "import", "-"] + store, input: line).contains("human captions\t1\n"))
    #expect(try run(["search", "garda", "--datasets"] + store).contains("Rex at Lake Garda"))
  }

  @Test func `an older file beside a photo is known as the program's own`() throws {
    let old = """
      {
        "alternatives" : [

        ],
        "caption" : "A dog.",
        "confidence" : 0.3689086427117912,
        "generator" : "caption",
        "log_probability" : -16.519852,
        "model" : "embedded",
        "version" : "0.1.0",
        "words" : [
          {
            "log_probability" : -0.3614987,
            "word" : "a"
          }
        ]
      }

      """
    try Data(old.utf8).write(to: URL(filePath: photo + ".json"))
    _ = try run(["batch", "--beam", "1", "--sidecar", "json", photo] + store)
    let new = try object(String(contentsOfFile: photo + ".json", encoding: .utf8))
    #expect(new["model"] is [String: Any])
    #expect(new["caption"] as? String != "A dog.")
  }

  /// A name with a byte that begins nothing in UTF-8.
  @Test func `the bytes of a path that is no text are in it everywhere`() throws {
    let name: [CChar] = [0x61, -1, 0x2E, 0x6A, 0x70, 0x67, 0]
    let path = FilePath(folder.path).appending("odd").pushing(FilePath(platformString: name))
    try FileManager.default.createDirectory(
      atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
    let bytes = try Data(contentsOf: URL(filePath: photo))
    let file = try FileDescriptor.open(
      path, .writeOnly, options: .create, permissions: .ownerReadWrite)
    try file.closeAfter { _ = try file.writeAll(bytes) }
    // Were the folder empty later, its disk would be taken to be not connected.
    try Data().write(to: URL(filePath: path.removingLastComponent().string + "/notes.txt"))
    let encoded = path.data.base64EncodedString()
    let parent = path.removingLastComponent().string
    var objects: [String] = []
    for _ in 0..<2 {
      objects.append(try run(["batch", "--beam", "1", "--json", parent] + store))
    }
    objects.append(try run(["export", "--format", "ndjson"] + store))
    let line = String(
      decoding: try JSONSerialization.data(withJSONObject: ["path_base64": encoded]),
      as: UTF8.self)
    objects.append(try run(["worker", "--beam", "1"], input: line))
    for text in objects {
      let object = try object(text)
      #expect(object["path_base64"] as? String == encoded)
      #expect((object["path"] as? String)?.hasSuffix("/a\u{FFFD}.jpg") == true)
    }
    path.withPlatformString { _ = unlink($0) }
    let check = try object(run(["store", "check", "--json"] + store))
    let gone = try #require(check["gone_files"] as? [[String: String]])
    #expect(gone.map { $0["path_base64"] } == [encoded])
  }
}
