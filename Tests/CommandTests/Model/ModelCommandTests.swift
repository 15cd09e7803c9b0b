import Foundation
import TestSupport
import Testing

@Suite struct ModelCommandTests {
  private let caption: CommandLineTool

  init() throws {
    caption = try CommandLineTool()
  }

  @Test func `lists the bundled model`() throws {
    let result = try caption.run(["model", "list"])
    #expect(result.lines.contains { $0.hasPrefix("embedded\t") })
    #expect(result.status == 0)
  }

  @Test func `describes the bundled model`() throws {
    let result = try caption.run(["model", "info"])
    #expect(result.output.contains("224×224"))
    #expect(result.output.contains("3472 words"))
  }

  @Test func `describes the model of sentiment`() throws {
    let list = try caption.run(["model", "list"])
    #expect(list.lines.contains { $0.hasPrefix("sentiment\t") && $0.hasSuffix("\tsentiment") })
    let result = try caption.run(["model", "info", "sentiment"])
    #expect(result.output.contains("22000 words"))
    #expect(result.output.contains("negative, positive"))
    let json = try caption.run(["model", "info", "sentiment", "--json"])
    #expect(json.output.contains("\"bidirectional\":true"))
    let captioner = try caption.run(["--model", "sentiment", "data/samples/china.jpg"])
    #expect(captioner.status == 65 && captioner.errors.contains("not a captioner"))
  }

  @Test func `JSON is the configuration`() throws {
    let result = try caption.run(["model", "info", "--json"])
    let printed = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    #expect((printed as? [String: Any])?["name"] as? String == "embedded")
  }

  @Test func `a model is found by $CAPTION_HOME and by path`() throws {
    let home = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: home.path + "/models", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: home.path + "/models/mine",
      withDestinationPath: projectFolder.appending(path: "data/models/embedded").path)
    let named = try caption.run(
      ["--model", "mine", "data/samples/china.jpg"], environment: ["CAPTION_HOME": home.path])
    #expect(named.status == 0, "\(named.errors)")
    let path = try caption.run(["--model", home.path + "/models/mine", "data/samples/china.jpg"])
    #expect(path.output == named.output)
  }

  @Test(arguments: [
    ("config.json", "{", "not JSON"),
    ("config.json", #"{"format": 1}"#, "missing"),
    ("vocabulary.txt", "<pad>\na\n", "vocabulary"),
    ("model.safetensors", "x", "safetensors"),
  ])
  func `a broken bundle is named with the reason`(file: String, text: String, reason: String) throws
  {
    let folder = try TemporaryFolder()
    let bundle = projectFolder.appending(path: "data/models/embedded")
    for name in BundledModelCopy.files + ["config.json"] {
      let target = URL(filePath: folder.path).appending(path: name)
      if name == file {
        try Data(text.utf8).write(to: target)
      } else {
        let source = bundle.appending(path: name).resolvingSymlinksInPath()
        try FileManager.default.copyItem(at: source, to: target)
      }
    }
    let result = try caption.run(["--model", folder.path, "data/samples/china.jpg"])
    #expect(result.status == 65)
    #expect(result.errors.contains(folder.path))
    #expect(result.errors.contains(reason), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }
}
