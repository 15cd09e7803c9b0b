import Batch
import Captioning
import Foundation
import Store
import TestSupport
import Testing

struct PhotoCaptionerTests {
  @Test func aPhotoAndItsCaptionAsTheStoreKeepsThem() throws {
    let bundle = try ModelBundle(folder: projectFolder.appending(path: "data/models/embedded").path)
    let captioner = try Captioner(bundle, threads: 1)
    let file = projectFolder.appending(path: "data/samples/china.jpg")
    let bytes = [UInt8](try Data(contentsOf: file))
    let described = try PhotoCaptioner(captioner, options: bundle.configuration.decoding)
      .describe(bytes: bytes, name: "china.jpg")
    #expect(described.photo.identity == PhotoIdentity(of: bytes))
    #expect(described.photo.format == "JPEG")
    #expect((described.photo.width, described.photo.height) == (640, 427))
    #expect(described.embedding.count == 1280)
    #expect(described.machine.text == described.caption.sentence)
    #expect((0...1).contains(described.machine.confidence))
  }

  @Test func aModelIsKnownByItsContent() throws {
    let store = try Store()
    let bundle = try ModelBundle(folder: projectFolder.appending(path: "data/models/embedded").path)
    let plain = try ModelIdentity(bundle, store: nil)
    #expect(try ModelIdentity(bundle, store: store) == plain)
    #expect(try ModelIdentity(bundle, store: store) == plain)
    let copy = try BundledModelCopy()
    #expect(try ModelIdentity(ModelBundle(folder: copy.path), store: store) == plain)
    try copy.configure { $0["name"] = "another" }
    let changed = try ModelIdentity(ModelBundle(folder: copy.path), store: store)
    #expect(changed.contentHash != plain.contentHash)
  }

  @Test func theNounsOfClassesAreContentOfAModel() throws {
    func identity(_ lines: [String]) throws -> ModelIdentity {
      let model = try NamingModel(lines: lines)
      return try ModelIdentity(ModelBundle(folder: model.path), store: nil)
    }
    #expect(try identity(["dog", "cat"]) == identity(["dog", "cat"]))
    #expect(try identity(["dog", "cat"]).contentHash != identity(["dog", ""]).contentHash)
  }

  @Test func wordsToBeSaidAreAnotherWayOfSearching() throws {
    var options = DecodingOptions()
    // As stores have them from before there were such words.
    #expect(
      try options.canonical == """
        {"beam_width":5,"diverse_groups":1,"diversity_strength":0.5,"length_penalty":"average",\
        "maximum_length":20,"minimum_length":0,"no_repeat_ngram":0,"seed":0,"top":1}
        """)
    options.say = ["dog"]
    #expect(try options.canonical.contains(#""say":["dog"]"#))
  }
}
