import Foundation
import Tensors
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Models that are damaged, or in whose files' places something else stands.
@Suite struct BrokenModelTests {
  private let caption: CommandLineTool
  private let photo = "data/samples/astronaut.png"

  init() throws { caption = try CommandLineTool() }

  /// The bundled model with tensors changed.
  private func model(_ change: (inout [String: Tensor]) -> Void) throws -> BundledModelCopy {
    let copy = try BundledModelCopy()
    let path = copy.path + "/model.safetensors"
    let weights = try SafetensorsFile(path: path)
    var tensors: [String: Tensor] = [:]
    for name in weights.entries.keys { tensors[name] = try weights.tensor(name) }
    change(&tensors)
    try FileManager.default.removeItem(atPath: path)
    try writeSafetensors(tensors, to: path)
    return copy
  }

  private func fill(_ name: String, _ value: Float) throws -> BundledModelCopy {
    try model { $0[name] = $0[name].map { Tensor(repeating: value, $0.shape) } }
  }

  @Test func `infinite weights are an error for every command, in one sentence`() throws {
    let model = try fill("encoder._bn0.weight", .infinity)
    let sentence =
      "caption: \(model.path)/model.safetensors: tensor “encoder._bn0.weight” holds numbers that "
      + "are not finite\n"
    for arguments in [
      ["--no-store", photo], ["batch", photo], ["classify", photo], ["worker"],
      ["features", photo, "--output", model.path + "/f.npy"],
    ] {
      let result = try caption.run(arguments + ["--model", model.path])
      #expect(result.status == 65, "\(arguments)")
      #expect(result.errors == sentence, "\(arguments)")
      #expect(result.output == "", "\(arguments)")
    }
  }

  @Test func `weights that overflow are one error, however many the photos`() throws {
    let model = try fill("decoder.fc.weight", 3e38)
    let sentence =
      "\(model.path)/model.safetensors: what is computed with these weights is not finite"
    let photos = [photo, "data/samples/china.jpg"]
    let described = try caption.run(["--no-store", "--json", "--model", model.path] + photos)
    #expect(described.status == 65)
    #expect(described.errors == "caption: \(sentence)\n")
    #expect(described.output == "")
    let batch = try caption.run(["batch", "-q", "--model", model.path] + photos)
    #expect(batch.status == 65)
    #expect(batch.errors == "caption: \(sentence)\n")
    #expect(batch.output == "")
    let answer = try caption.run(
      ["worker", "--model", model.path], input: Data((photo + "\n").utf8))
    #expect(answer.output.contains(sentence))
  }

  @Test func `a model that ends before the first word has no caption for describe nor for batch`()
    throws
  {
    let end = try #require(
      try String(
        contentsOfFile: projectFolder.path + "/data/models/embedded/vocabulary.txt", encoding: .utf8
      )
      .split(separator: "\n").firstIndex(of: "<end>"))
    let model = try model {
      $0["decoder.fc.bias"]?.elements[end] = 1_000
    }
    let sentence = "\(photo): the model “embedded” finds no words for it"
    let described = try caption.run(["--no-store", "--model", model.path, photo])
    #expect(described.status == 65)
    #expect(described.errors == "caption: \(sentence)\n")
    #expect(described.output == "")
    let batch = try caption.run(["batch", "-q", "--model", model.path, photo])
    #expect(batch.status == 65)
    #expect(batch.errors == "caption: \(sentence)\n")
    #expect(batch.output == "")
  }

  @Test(arguments: ["config.json", "model.safetensors", "vocabulary.txt", "nouns.txt"])
  func `a pipe, a device and a folder in a file's place are refused at once`(name: String) throws {
    let makers: [(kind: String, make: (String) -> Int32)] = [
      ("a pipe", { mkfifo($0, 0o600) }), ("a device", { symlink("/dev/zero", $0) }),
      ("a folder", { mkdir($0, 0o700) }),
    ]
    for (kind, make) in makers {
      let model = try BundledModelCopy()
      let path = model.path + "/" + name
      try FileManager.default.removeItem(atPath: path)
      #expect(make(path) == 0)
      let result = try caption.run(["--no-store", "--model", model.path, photo])
      #expect(result.errors == "caption: \(path): cannot be read: it is \(kind), not a file\n")
      #expect(result.status == 66)
    }
  }
}
