import Foundation
import TestSupport
import Testing

@Suite struct ModelCalibrateCommandTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder
  private let photos: PhotoFolder
  private let copy: BundledModelCopy
  private var model: String { copy.path }

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
    photos = try PhotoFolder(folder.path + "/photos")
    copy = try BundledModelCopy { configuration in
      configuration["confidence"] = nil
      configuration["provenance"] = ["made": "for a test"]
    }
  }

  private func run(_ arguments: String...) throws -> CommandLineTool.Result {
    try caption.run(arguments, environment: ["CAPTION_STORE": folder.path + "/s.sqlite"])
  }

  private func object(_ data: Data) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// Equal objects are equal texts.
  private func sorted(_ object: [String: Any]) throws -> String {
    String(
      decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys),
      as: UTF8.self)
  }

  private var configuration: [String: Any] {
    get throws { try object(Data(contentsOf: URL(filePath: model + "/config.json"))) }
  }

  /// Imports pictures of which every second one has its own caption for reference.
  private func importPhotos(_ count: Int, right: Bool = true) throws {
    try photos.fill(count)
    let captions = try run("batch", "--model", model, "--quiet", photos.path).lines
    #expect(captions.count == count)
    let rows = captions.enumerated().map { index, line in
      let parts = line.split(separator: "\t")
      let name = parts[0].split(separator: "/").last ?? ""
      let isRight = right && index % 2 == 0
      return "\(name),\(isRight ? String(parts[1]) : "Nothing of the kind \(index)"),val"
    }
    let table = folder.path + "/photos.csv"
    try Data((["image,caption,split"] + rows).joined(separator: "\n").utf8)
      .write(to: URL(filePath: table))
    let imported = try run(
      "dataset", "import", "pictures", "--format", "csv", table, "--images", photos.path)
    #expect(imported.status == 0, "\(imported.errors)")
  }

  @Test func `a calibration is fitted, printed and written, and all else stays`() throws {
    try importPhotos(60)
    let photo = photos.names[0]
    let before = try configuration
    #expect(try run("model", "info", model).output.contains("confidence\tuncalibrated"))
    let old = try run("list", "--json").lines

    let result = try run("model", "calibrate", model, "--dataset", "pictures", "--json")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.hasSuffix("wrote the calibration into \(model)/config.json\n"))
    let record = try object(Data(result.output.utf8))
    let calibration = try #require(record["calibration"] as? [String: Any])
    #expect(calibration["captions"] as? Int == 60 && calibration["threshold"] as? Double == 0.5)
    #expect(calibration["data"] as? [String] == ["pictures-val"])
    let bins = (record["calibrated"] as? [String: Any])?["bins"] as? [[String: Any]] ?? []
    #expect(bins.compactMap { $0["count"] as? Int }.reduce(0, +) == 60)
    #expect((record["uncalibrated"] as? [String: Any])?["brier_score"] is Double)

    var after = try configuration
    let section = try #require(after["confidence"] as? [String: Any])
    #expect(try sorted(section) == sorted(calibration))
    after["confidence"] = nil
    #expect(try sorted(after) == sorted(before))
    #expect(
      try run("model", "info", model).output.contains(
        "confidence\tthe chance of a CIDEr-D of at least 0.5, by 60 captions of pictures-val\n"))
    #expect(try run("runs", "list").lines.count == 1)

    // Captions keep their confidence; the model is another one now, whose captions have the new.
    #expect(try run("list", "--json").lines == old)
    let new = try object(Data(run("--model", model, "--json", photo).output.utf8))
    let confidence = try #require(new["confidence"] as? Double)
    #expect(!old.contains { $0.contains("\"confidence\":\(confidence),") })

    let text = try run("model", "calibrate", model, "--dataset", "pictures", "--quiet")
    #expect(text.errors.isEmpty)
    #expect(
      text.lines.suffix(3).map { $0.prefix { $0 != "\t" } } == [
        "expected calibration error", "Brier score", "area under the ROC curve",
      ])
    let again = try #require(try configuration["confidence"] as? [String: Any])
    #expect(try sorted(again) == sorted(calibration))
  }

  @Test func `what cannot be calibrated on is named, and the model stays`() throws {
    let bytes = try Data(contentsOf: URL(filePath: model + "/config.json"))
    #expect(try run("model", "calibrate", model, "--dataset", "pictures").status == 66)
    try importPhotos(60, right: false)
    let wrong = try run("model", "calibrate", model, "--dataset", "pictures", "--quiet")
    #expect(wrong.status == 65)
    #expect(
      wrong.errors
        == "caption: 0 of 60 captions have a CIDEr-D of at least 0.5, but to calibrate confidence "
        + "takes at least 10 that have it and 10 that have not\n")
    func status(_ arguments: String...) throws -> Int32 {
      try caption.run(
        ["model", "calibrate", model, "--dataset", "pictures"] + arguments,
        environment: ["CAPTION_STORE": folder.path + "/s.sqlite"]
      ).status
    }
    #expect(try status("--dataset", "pictures") == 64)
    #expect(try status("--threshold", "0") == 64)
    #expect(try status("--split", "dev") == 66)
    #expect(try Data(contentsOf: URL(filePath: model + "/config.json")) == bytes)
  }

  @Test func `few photos are too few`() throws {
    try importPhotos(4)
    let result = try run("model", "calibrate", model, "--dataset", "pictures")
    #expect(result.status == 65)
    #expect(
      result.errors
        == "caption: 4 photos are too few to calibrate confidence on, which takes at least 50\n")
  }
}
