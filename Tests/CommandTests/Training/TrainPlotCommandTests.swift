import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct TrainPlotCommandTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
    for (name, score) in [("first", 0.5), ("second", 0.6)] {
      try FileManager.default.createDirectory(
        atPath: path(name), withIntermediateDirectories: true)
      try """
      {"event":"step","loss":2.5,"rate":0.001,"seconds":1,"step":10}
      {"event":"step","loss":2.0,"rate":0.001,"seconds":2,"step":20}
      {"event":"validation","scores":{"CIDEr-D":\(score)},"seconds":3,"step":20}

      """.write(toFile: path(name + "/log.ndjson"), atomically: true, encoding: .utf8)
    }
  }

  private func path(_ name: String) -> String { folder.path + "/" + name }

  @Test func `logs become pictures`() throws {
    let vector = try caption.run([
      "train", "plot", path("first"), path("second/log.ndjson"), "-o", path("plot.svg"),
    ])
    #expect(
      vector.status == 0 && vector.output == "plot\t\(path("plot.svg"))\n", "\(vector.errors)")
    let text = try String(contentsOfFile: path("plot.svg"), encoding: .utf8)
    #expect(text.contains(">first</text>") && text.contains(">second</text>"))
    #expect(text.contains(">Validation: CIDEr-D</text>"))
    let raster = try caption.run(["train", "plot", path("first"), "-o", path("plot.png")])
    #expect(raster.status == 0)
    #expect(
      try ImageDecoder.decode(path: path("plot.png")).size == ImageSize(width: 1000, height: 1320))
  }

  @Test func `mistakes are named`() throws {
    let none = try caption.run(["train", "plot", path("third")])
    #expect(none.status == 66 && none.errors.contains("third"))
    let noLog = try caption.run(["train", "plot", folder.path])
    #expect(noLog.status == 66 && noLog.errors.contains("log.ndjson"))
    try Data().write(to: URL(filePath: path("empty.ndjson")))
    let empty = try caption.run(["train", "plot", path("empty.ndjson")])
    #expect(empty.status == 65 && empty.errors.contains("nothing has been logged yet"))
    try Data("{}\n".utf8).write(to: URL(filePath: path("other.ndjson")))
    #expect(try caption.run(["train", "plot", path("other.ndjson")]).status == 65)
    let name = try caption.run(["train", "plot", path("first"), "-o", path("plot.gif")])
    #expect(name.status == 64)
    #expect(try caption.run(["train", "plot", path("first"), "--smoothing", "1"]).status == 64)
  }
}
