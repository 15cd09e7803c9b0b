import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite struct ModelFolderTests {
  private struct Toy: Decodable {
    let size: Int
  }

  private func folder(_ json: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try json.write(toFile: folder.path + "/config.json", atomically: true, encoding: .utf8)
    return folder
  }

  @Test func `a configuration of the right kind is read`() throws {
    let folder = try folder(#"{"format": 1, "kind": "toy", "size": 3}"#)
    #expect(try ModelFolder(path: folder.path).configuration(Toy.self, kind: "toy").size == 3)
  }

  @Test(arguments: [
    (#"{"format": 2, "kind": "toy", "size": 3}"#, "format 2"),
    (#"{"format": 1, "kind": "captioner", "size": 3}"#, "“captioner”, not a toy"),
    (#"{"format": 1, "kind": "toy"}"#, "“size” is missing"),
    (#"{"format": 1, "kind": "toy", "size": "big"}"#, "“size” has the wrong type"),
    ("hello", "not JSON"),
  ])
  func `another is explained`(json: String, reason: String) throws {
    let folder = try folder(json)
    let error = try #require(throws: ModelFolderError.self) {
      try ModelFolder(path: folder.path).configuration(Toy.self, kind: "toy")
    }
    #expect("\(error)".contains(reason), "\(error)")
    #expect("\(error)".contains(folder.path))
  }

  @Test func `a model's files are known by their names`() throws {
    let folder = try folder(
      #"{"format": 1, "kind": "toy", "size": 3, "words": {"file": ["words.txt"]}}"#)
    let model = ModelFolder(path: folder.path)
    for name in ["config.json", "model.safetensors", "words.txt"] {
      #expect(model.contains(name))
    }
    for name in ["README.md", "file", "toys", ""] { #expect(!model.contains(name)) }
    let other = try self.folder(#"{"words": "words.txt"}"#)
    #expect(!ModelFolder(path: other.path).contains("config.json"))
    #expect(!ModelFolder(path: "/nowhere").contains("config.json"))
  }

  @Test func `a section takes the place of the old one, and all else stays`() throws {
    let folder = try folder(
      #"{"size": 1e-05, "kind": "toy", "other": {"a": [0.1, 1, true, null, "x/y"]}, "part": [9]}"#)
    let data = try ModelFolder(path: folder.path).configuration(
      replacing: "part", with: ["b": 0.00392156862745098])
    let text = String(decoding: data, as: UTF8.self)
    #expect(
      text.filter { !$0.isWhitespace }
        == #"{"kind":"toy","other":{"a":[0.1,1,true,null,"x/y"]},"#
        + #""part":{"b":0.00392156862745098},"size":1e-05}"#)
    #expect(text.hasSuffix("}\n"))
  }

  @Test func `a folder without a configuration is no model`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ModelFolderError.noModel(name: folder.path, searched: [])) {
      try ModelFolder(path: folder.path).configuration(Toy.self, kind: "toy")
    }
  }

  @Test(arguments: ["", "..", "a/b", "/etc/passwd"])
  func `a file outside the folder is refused`(name: String) {
    #expect(throws: ModelFolderError.self) { try ModelFolder(path: "/x").file(name) }
  }

  @Test func `a name is looked up among the data folders`() throws {
    #expect(
      ModelFolder.installed().contains {
        $0.name == "embedded" && $0.kind == "captioner"
          && $0.folder.path.hasSuffix("data/models/embedded")
      })
    let error = try #require(throws: ModelFolderError.self) { try ModelFolder.find("nothing") }
    #expect("\(error)".contains("“nothing”") && "\(error)".contains("data/models"))
  }
}
