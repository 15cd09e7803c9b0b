import Foundation
import TestSupport
import Testing
import Training

@Suite struct TrainingLogTests {
  private func entry(_ step: Int) -> TrainingLog.Entry {
    TrainingLog.Entry(event: "step", step: step, loss: 0.5, rate: 1e-3, seconds: Double(step))
  }

  @Test func `entries later than the checkpoint are dropped`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/log.ndjson"
    let first = try TrainingLog(path: path, keepingSteps: 0)
    for step in 1...5 { try first.write(entry(step)) }
    let second = try TrainingLog(path: path, keepingSteps: 3)
    try second.write(entry(4))
    #expect(try TrainingLog.read(path: path).map(\.step) == [1, 2, 3, 4])
  }

  @Test func `a line is an object by itself`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/log.ndjson"
    try TrainingLog(path: path, keepingSteps: 0).write(entry(7))
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text == #"{"event":"step","loss":0.5,"rate":0.001,"seconds":7,"step":7}"# + "\n")
  }

  @Test func `what is no entry is named by its line`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/log.ndjson"
    try "{}\n".write(toFile: path, atomically: true, encoding: .utf8)
    let error = try #require(throws: TrainingError.self) { try TrainingLog.read(path: path) }
    #expect("\(error)".contains("line 1"))
    #expect(try TrainingLog.read(path: folder.path + "/none").isEmpty)
  }
}
