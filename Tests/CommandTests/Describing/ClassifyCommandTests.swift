import Captioning
import Foundation
import TestSupport
import Testing

@Suite struct ClassifyCommandTests {
  private let caption: CommandLineTool
  private let arguments: [String]
  private let weights: TemporaryFile

  init() throws {
    caption = try CommandLineTool()
    weights = try savedWeights("squeezenet1_1", outputs: [.logits])
    arguments = [
      "classify", "data/samples/flower.jpg", "--encoder", "squeezenet1_1", "--weights",
      weights.path,
    ]
  }

  @Test func `five classes with ImageNet's names, likeliest first`() throws {
    let result = try caption.run(arguments)
    #expect(result.status == 0, "\(result.errors)")
    let rows = result.lines.map { $0.split(separator: "\t") }
    #expect(rows.count == 5 && rows.allSatisfy { $0.count == 2 })
    let probabilities = rows.compactMap { Double($0[0]) }
    #expect(probabilities == probabilities.sorted(by: >))
    let names = try String(
      contentsOf: projectFolder.appending(path: "vocab/imagenet1k.txt"), encoding: .utf8
    ).split(separator: "\n")
    #expect(rows.allSatisfy { names.contains($0[1]) })
  }

  @Test func `all classes' probabilities add up to one`() throws {
    let result = try caption.run(arguments + ["--top", "1000"])
    let sum = result.lines.compactMap { Double($0.prefix { $0 != "\t" }) }.reduce(0, +)
    #expect(result.lines.count == 1000)
    #expect(abs(sum - 1) < 0.05)
  }

  @Test func `labels come from a file of as many lines`() throws {
    let labels = try TemporaryFile(Data((0..<1000).map { "class \($0)\n" }.joined().utf8))
    let result = try caption.run(arguments + ["--labels", labels.path])
    #expect(result.lines.allSatisfy { $0.contains("\tclass ") })
    let windows = try TemporaryFile(
      Data(("\u{FEFF}" + (0..<1000).map { "class \($0)\r\n" }.joined()).utf8))
    #expect(try caption.run(arguments + ["--labels", windows.path]).output == result.output)
    let few = try TemporaryFile(Data("cat\ndog\n".utf8))
    let refused = try caption.run(arguments + ["--labels", few.path])
    #expect(refused.status == 65)
    #expect(refused.errors.contains("2 labels for 1000 classes"))
    #expect(try caption.run(arguments + ["--labels", "nowhere.txt"]).status == 66)
  }

  @Test func `a model without a classifier says so`() throws {
    let model = try NamingModel(lines: ["dog"], classes: 0)
    let result = try caption.run(["classify", "data/samples/flower.jpg", "--model", model.path])
    #expect(result.status == 64)
    #expect(result.errors.contains("classifier"))
  }
}
