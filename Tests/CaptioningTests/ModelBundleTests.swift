import Captioning
import Foundation
import Language
import ModelFiles
import TestSupport
import Testing

@Suite struct ModelBundleTests {
  private let embedded = projectFolder.appending(path: "data/models/embedded").path

  @Test func `the bundled model opens by path`() throws {
    let bundle = try ModelBundle(folder: embedded)
    #expect(bundle.configuration.name == "embedded")
    #expect(bundle.vocabulary.count == 3472)
    #expect(bundle.vocabulary[4] == "a")
  }

  @Test func `the default model is found by name`() throws {
    #expect(try ModelBundle.find().configuration.name == "embedded")
  }

  @Test func `a model that does not exist is named with the places searched`() throws {
    let error = try #require(throws: ModelFolderError.self) { try ModelBundle.find("nothing") }
    #expect("\(error)".contains("nothing"))
    #expect("\(error)".contains("data/models"))
  }

  @Test(arguments: [
    (#""format": 1"#, #""format": 9"#, "format 9"),
    (#""kind": "captioner""#, #""kind": "toaster""#, "toaster"),
    (#""file": "vocabulary.txt""#, #""file": "../../etc/passwd""#, "passwd"),
    (
      #""architecture": "efficientnet_lite0""#,
      #""architecture": "efficientnet_lite0", "width": "wide""#, "encoder.width"
    ),
    (#""hidden": 512"#, #""hidden": -1"#, "decoder.hidden"),
    (#""architecture": "efficientnet_lite0""#, #""architecture": "brain""#, "brain"),
    (#""beam_width": 5"#, #""beam_width": 0"#, "beam_width"),
  ])
  func `a configuration that makes no sense is explained`(
    text: String, replacement: String, reason: String
  ) throws {
    let folder = try TemporaryFolder()
    let source = try String(contentsOfFile: embedded + "/config.json", encoding: .utf8)
    let changed = source.replacingOccurrences(of: text, with: replacement)
    #expect(changed != source)
    try changed.write(toFile: folder.path + "/config.json", atomically: true, encoding: .utf8)
    for name in BundledModelCopy.files {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.path)/\(name)", withDestinationPath: "\(embedded)/\(name)")
    }
    let error = try #require(throws: (any Error).self) {
      try Captioner(ModelBundle(folder: folder.path))
    }
    #expect("\(error)".contains(reason), "\(error)")
  }
}
