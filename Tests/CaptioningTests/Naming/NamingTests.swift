import Captioning
import Foundation
import ModelFiles
import TestSupport
import Testing

/// Captions of the bundled model with a classifier that finds the same class in every photo.
@Suite struct NamingTests {
  private let photo = projectFolder.appending(path: "data/samples/china.jpg").path
  private let free: Caption

  init() throws {
    free = try Captioner(
      ModelBundle(folder: projectFolder.appending(path: "data/models/embedded").path), threads: 1
    ).caption(path: photo)
  }

  private func caption(
    _ model: NamingModel, _ change: (inout DecodingOptions) -> Void = { _ in }
  ) throws -> Caption {
    let bundle = try ModelBundle(folder: model.path)
    var options = bundle.configuration.decoding
    change(&options)
    return try Captioner(bundle, threads: 1).caption(path: photo, options: options)
  }

  private func words(_ caption: Caption) -> Set<String> { Set(caption.words.map(\.word)) }

  @Test func `a caption has its photo's class in any form`() throws {
    let caption = try caption(NamingModel(lines: ["dog,puppy", "cat"])) { $0.top = 3 }
    #expect(caption.noun == "dog")
    let forms: Set = ["dog", "dogs", "puppy", "puppies"]
    #expect(!words(caption).isDisjoint(with: forms))
    #expect(caption.alternatives.count == 2)
    for alternative in caption.alternatives {
      let words = alternative.caption.lowercased().split { !$0.isLetter }.map(String.init)
      #expect(!forms.isDisjoint(with: words))
    }
    #expect(caption.logProbability < free.logProbability)
  }

  @Test(
    arguments: [
      (["its own", "cat"], 0.7, nil), (["", "dog"], 0.7, nil), (["zzz", "dog"], 0.7, nil),
      (["dog", "cat"], 0.999, nil), (["dog", "cat"], 0.7, 0),
    ] as [([String], Double, Double?)])
  func `a caption that has it, a class without a noun, doubt or cost leave the caption as it is`(
    lines: [String], threshold: Double, maximumCost: Double?
  ) throws {
    let own = try #require(free.words.last?.word)
    let lines = lines.map { $0 == "its own" ? "zzz,\(own)" : $0 }
    var naming: [String: Any] = ["threshold": threshold]
    naming["maximum_cost"] = maximumCost
    let caption = try caption(NamingModel(lines: lines, naming: naming))
    #expect(caption.noun == nil)
    #expect(caption.sentence == free.sentence)
    #expect(caption.logProbability == free.logProbability)
  }

  @Test func `the user's words come before the class`() throws {
    let model = try NamingModel(lines: ["dog", "cat"])
    let both = try caption(model) { $0.say = ["red knife"] }
    #expect(both.noun == "dog")
    #expect(words(both).isSuperset(of: ["red"]))
    #expect(!words(both).isDisjoint(with: ["knife", "knives"]))
    #expect(!words(both).isDisjoint(with: ["dog", "dogs"]))
    let full = try caption(model) { $0.say = ["red", "knife", "man", "beach"] }
    #expect(full.noun == nil)
    #expect(try caption(model) { $0.temperature = 1 }.noun == nil)
  }

  @Test func `a model that cannot name is refused`() throws {
    #expect(
      throws: CaptioningError.configuration(
        key: "naming", reason: "needs a classifier, which the encoder's weights do not have")
    ) { try caption(NamingModel(lines: ["dog", "cat"], classes: 0)) }
    #expect(
      throws: CaptioningError.configuration(
        key: "naming.nouns", reason: "names a file of 2 lines for 3 classes")
    ) { try caption(NamingModel(lines: ["dog", ""], classes: 3)) }
    #expect(throws: ModelFolderError.self) {
      try caption(NamingModel(lines: ["dog", "cat"], naming: ["threshold": 2]))
    }
    for file in ["none.txt", "../nouns.txt"] {
      #expect(throws: ModelFolderError.self) {
        try caption(NamingModel(lines: ["dog", "cat"], naming: ["threshold": 0.7, "nouns": file]))
      }
    }
  }
}
