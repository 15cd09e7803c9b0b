import Foundation
import TestSupport
import Testing
import Training

@Suite struct TensorBoardWriterTests {
  private func bytes(_ writer: TensorBoardWriter) throws -> Data {
    try Data(contentsOf: URL(filePath: writer.path))
  }

  /// The bytes that tensorboard 2.21.0 writes of the same events:
  ///
  ///     from tensorboard.compat.proto.event_pb2 import Event, SessionLog
  ///     from tensorboard.compat.proto.summary_pb2 import Summary
  ///     from tensorboard.summary.writer.record_writer import RecordWriter
  ///     import base64, io
  ///     file = io.BytesIO(); writer = RecordWriter(file)
  ///     for event in [
  ///         Event(wall_time=1700000000.25, file_version="brain.Event:2"),
  ///         Event(wall_time=1700000000.25, step=301,
  ///               session_log=SessionLog(status=SessionLog.START)),
  ///         Event(wall_time=1700000001.5, step=310, summary=Summary(value=[
  ///             Summary.Value(tag="loss", simple_value=0.1),
  ///             Summary.Value(tag="learning_rate", simple_value=0.0)]))]:
  ///         writer.write(event.SerializeToString())
  ///     print(base64.b64encode(file.getvalue()).decode())
  @Test func `files are those that TensorBoard writes`() throws {
    let folder = try TemporaryFolder()
    let writer = try TensorBoardWriter(
      folder: folder.path + "/run", keepingSteps: 300, now: 1_700_000_000.25)
    try writer.write(
      [(tag: "loss", value: 0.1), (tag: "learning_rate", value: 0)], step: 310,
      now: 1_700_000_001.5)
    let golden =
      "GAAAAAAAAACjf0siCQAAEED8VNlBGg1icmFpbi5FdmVudDoyM40v6RAAAAAAAAAAlfv+GAkAABBA/FTZQRCtAjoC"
      + "CAHLebk7MQAAAAAAAACdg4PpCQAAYED8VNlBELYCKiMKCwoEbG9zcxXNzMw9ChQKDWxlYXJuaW5nX3JhdGUVAAAA"
      + "AChua/s="
    #expect(try bytes(writer).base64EncodedString() == golden)
  }

  @Test func `each session has a file after those of the sessions before`() throws {
    let folder = try TemporaryFolder()
    let moments = [1_700_000_000.0, 1_700_000_000.5, 1_600_000_000, 1_700_000_009]
    let paths = try moments.map {
      try TensorBoardWriter(folder: folder.path, keepingSteps: 0, now: $0).path
    }
    #expect(Set(paths).count == 4)
    #expect(paths == paths.sorted())
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 4)
  }

  @Test func `long names and large steps are written whole`() throws {
    let folder = try TemporaryFolder()
    let writer = try TensorBoardWriter(folder: folder.path, keepingSteps: 0, now: 1)
    let before = try bytes(writer).count
    let tag = String(repeating: "é", count: 100)
    try writer.write([(tag: tag, value: .nan)], step: 1 << 40, now: 2)
    // Value: 2 + 1 + 200 + 5 = 208 bytes, Summary: 3 more, Event: 9 + 7 + 3 more; record: 16 more.
    #expect(try bytes(writer).count - before == 208 + 3 + 19 + 16)
  }
}
