import Captioning
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct FeaturesCommandTests {
  private let caption: CommandLineTool
  private let photo = "data/samples/china.jpg"
  private let folder: TemporaryFolder

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
  }

  /// The shape as NumPy's header writes it, and the numbers.
  private func read(_ path: String) throws -> (shape: String, values: [Float]) {
    let data = try Data(contentsOf: URL(filePath: path))
    let length = Int(data[8]) + 256 * Int(data[9])
    let header = String(decoding: data[10..<10 + length], as: UTF8.self)
    let shape = header.split(separator: "(").last?.prefix { $0 != ")" } ?? ""
    let values = Data(data[(10 + length)...]).withUnsafeBytes {
      Array($0.bindMemory(to: Float.self))
    }
    return (String(shape), values)
  }

  @Test func `the bundled model's map is channels, height, width, and equals the reference`() throws
  {
    let path = folder.path + "/map.npy"
    let result = try caption.run(["features", photo, "--output", path])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "")
    let (shape, values) = try read(path)
    #expect(shape == "1280, 7, 7")
    let golden = try SafetensorsFile(path: reference("embedded/china/tensors.safetensors").path)
    let expected = try golden.tensor("map", shape: [1280, 7, 7]).elements
    #expect(relativeError(values, expected) < 1e-5)
  }

  @Test func `weights without a classifier have no logits`() throws {
    let weights = try savedWeights("squeezenet1_1", outputs: [.map])
    let result = try caption.run([
      "features", photo, "--encoder", "squeezenet1_1", "--weights", weights.path, "--layer",
      "logits", "--output", folder.path + "/none.npy",
    ])
    #expect(result.status == 64 && result.errors.contains("no classifier"))
  }

  @Test func `layers of a named encoder have their shapes`() throws {
    let weights = try savedWeights("squeezenet1_1", outputs: [.logits])
    for (layer, expected) in [("map", "512, 13, 13"), ("embedding", "512,"), ("logits", "1000,")] {
      let path = "\(folder.path)/\(layer).npy"
      let result = try caption.run([
        "features", photo, "--encoder", "squeezenet1_1", "--weights", weights.path, "--layer",
        layer,
        "--output", path,
      ])
      #expect(result.status == 0, "\(result.errors)")
      #expect(try read(path).shape == expected)
    }
    let path = "\(folder.path)/small.npy"
    let result = try caption.run([
      "features", photo, "--encoder", "squeezenet1_1", "--weights", weights.path, "--size", "96",
      "--geometry", "stretch", "--output", path,
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try read(path).shape == "512, 5, 5")
    let tiny = try caption.run([
      "features", photo, "--encoder", "squeezenet1_1", "--weights", weights.path, "--size", "8",
      "--output", path,
    ])
    #expect(tiny.status == 65)
    #expect(tiny.errors.contains("needs at least"), "\(tiny.errors)")
  }

  @Test func `transforming the input changes what GoogLeNet sees`() throws {
    let weights = try savedWeights("googlenet", outputs: [.embedding])
    func embedding(_ flags: [String]) throws -> [Float] {
      let path = "\(folder.path)/googlenet.npy"
      let result = try caption.run(
        [
          "features", photo, "--encoder", "googlenet", "--weights", weights.path, "--layer",
          "embedding", "--size", "64", "--output", path,
        ] + flags)
      #expect(result.status == 0, "\(result.errors)")
      return try read(path).values
    }
    #expect(try embedding([]) != embedding(["--transform-input"]))
  }

  @Test(
    arguments: [
      (["--transform-input"], 64, "googlenet"),
      (["--encoder", "resnet50"], 64, "--weights"),
      (["--encoder", "brain", "--weights", "x"], 64, "brain"), (["--size", "0"], 64, "--size"),
      (["--encoder", "resnet18", "--weights", "nowhere.safetensors"], 66, "nowhere.safetensors"),
      (["--encoder", "resnet18", "--weights", "README.md"], 65, "README.md"),
      (
        ["--encoder", "vgg16", "--weights", "data/models/embedded/model.safetensors"], 65,
        "features"
      ),
    ] as [([String], Int32, String)])
  func `mistakes are explained`(arguments: [String], status: Int32, reason: String) throws {
    let result = try caption.run(
      ["features", photo, "--output", folder.path + "/x.npy"] + arguments)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(reason), "\(result.errors)")
  }

  @Test func `an output that cannot be written is an input or output failure`() throws {
    let result = try caption.run(["features", photo, "--output", "/nowhere/x.npy"])
    #expect(result.status == 74)
    #expect(result.errors.contains("/nowhere/x.npy"))
  }

  @Test func `a device is written into, and a link stays a link`() throws {
    let file = folder.path + "/target.npy"
    let link = folder.path + "/link.npy"
    let device = folder.path + "/full"
    let manager = FileManager.default
    try Data("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }).write(to: URL(filePath: file))
    try manager.createSymbolicLink(atPath: link, withDestinationPath: file)
    try manager.createSymbolicLink(atPath: device, withDestinationPath: "/dev/full")

    let linked = try caption.run(["features", photo, "--output", link])
    #expect(linked.status == 0, "\(linked.errors)")
    #expect(try manager.destinationOfSymbolicLink(atPath: link) == file)
    #expect(try read(file).shape == "1280, 7, 7")

    let full = try caption.run(["features", photo, "--output", device])
    #expect(full.status == 74)
    #expect(full.errors == "caption: \(device): cannot be written: No space left on device\n")
    #expect(try manager.destinationOfSymbolicLink(atPath: device) == "/dev/full")

    let output = folder.path + "/output.npy"
    try Data().write(to: URL(filePath: output))
    let standard = try caption.run(
      ["features", photo, "--output", "/dev/stdout"], outputPath: output)
    #expect(standard.status == 0, "\(standard.errors)")
    #expect(try Data(contentsOf: URL(filePath: output)) == Data(contentsOf: URL(filePath: file)))
  }
}
