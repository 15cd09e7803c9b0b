internal import Files
internal import Foundation
internal import SystemPackage

/// Writes numbers as event files that TensorBoard shows.
///
/// An event file is a sequence of TFRecords (tensorflow/core/lib/io/record_writer.h), each an
/// `Event` (tensorflow/core/util/event.proto) in Protocol Buffers' encoding. Only scalars are
/// written.
package struct TensorBoardWriter {
  package let path: String
  private let file: AppendedFile

  /// Begins a file for a session of a run, after those of its earlier sessions.
  ///
  /// - Parameters:
  ///   - folder: of one run; is made where it does not exist.
  ///   - steps: what earlier sessions wrote of later steps is not shown any more, since a run that
  ///     goes on from this many makes them again.
  ///   - now: in seconds since 1970.
  /// - Throws: `FileFailure`.
  package init(folder: String, keepingSteps steps: Int, now: Double = Self.now) throws {
    try makeFolder(FilePath(folder))
    // TensorBoard reads a run's files in the order of their names, so each must come after the last.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let moments = names.compactMap { name -> Int? in
      guard name.hasPrefix(Self.prefix) else { return nil }
      return Int(name.dropFirst(Self.prefix.count).prefix(10))
    }
    let moment = max(Int(min(max(0, now), 9e9)), (moments.max() ?? 0) + 1)
    path = folder + "/" + Self.prefix + String(format: "%010ld", moment) + ".caption"
    file = try AppendedFile(FilePath(path), isNew: true)
    var version = ProtocolBuffer(eventAt: now)
    version.append(string: "brain.Event:2", field: 3)
    try write(version)
    // SessionLog.START: all steps from this one on begin anew
    // (tensorboard/backend/event_processing/event_accumulator.py, `_CheckForRestartAndMaybePurge`).
    var start = ProtocolBuffer(eventAt: now, step: steps + 1)
    var session = ProtocolBuffer()
    session.append(varint: 1, field: 1)
    start.append(session, field: 7)
    try write(start)
  }

  /// Writes numbers of a step, by their names in TensorBoard.
  ///
  /// - Parameter now: in seconds since 1970.
  /// - Throws: `FileFailure`.
  package func write(
    _ scalars: [(tag: String, value: Double)], step: Int, now: Double = Self.now
  ) throws {
    var summary = ProtocolBuffer()
    for (tag, value) in scalars {
      var item = ProtocolBuffer()
      item.append(string: tag, field: 1)
      item.append(fixed32: Float(value).bitPattern, field: 2)
      summary.append(item, field: 1)
    }
    var event = ProtocolBuffer(eventAt: now, step: step)
    event.append(summary, field: 5)
    try write(event)
  }

  /// The time, in seconds since 1970.
  package static var now: Double { Date().timeIntervalSince1970 }

  private static let prefix = "events.out.tfevents."

  private func write(_ event: ProtocolBuffer) throws {
    try file.write(Self.record(event.bytes))
  }

  /// A TFRecord: the length, its checksum, the bytes, and theirs.
  private static func record(_ bytes: [UInt8]) -> [UInt8] {
    let length = UInt64(bytes.count).littleEndianBytes
    return length + masked(CRC32C.checksum(length)).littleEndianBytes + bytes
      + masked(CRC32C.checksum(bytes)).littleEndianBytes
  }

  /// A checksum as TFRecords have it, so that records within records do not check themselves
  /// (tensorflow/core/lib/hash/crc32c.h).
  private static func masked(_ sum: UInt32) -> UInt32 { (sum >> 15 | sum << 17) &+ 0xA282_EAD8 }
}

/// A message in Protocol Buffers' encoding (protobuf.dev, “Encoding”).
private struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  init() {}

  /// The beginning of an `Event`.
  init(eventAt time: Double, step: Int = 0) {
    append(fixed64: time.bitPattern, field: 1)
    if step != 0 { append(varint: UInt64(bitPattern: Int64(step)), field: 2) }
  }

  mutating func append(varint value: UInt64, field: UInt64) {
    append(varint: field << 3)
    append(varint: value)
  }

  mutating func append(fixed64 value: UInt64, field: UInt64) {
    append(varint: field << 3 | 1)
    bytes += value.littleEndianBytes
  }

  mutating func append(fixed32 value: UInt32, field: UInt64) {
    append(varint: field << 3 | 5)
    bytes += value.littleEndianBytes
  }

  mutating func append(string: String, field: UInt64) { append(Array(string.utf8), field) }

  mutating func append(_ message: ProtocolBuffer, field: UInt64) { append(message.bytes, field) }

  private mutating func append(_ content: [UInt8], _ field: UInt64) {
    append(varint: field << 3 | 2)
    append(varint: UInt64(content.count))
    bytes += content
  }

  private mutating func append(varint value: UInt64) {
    var rest = value
    while rest > 127 {
      bytes.append(UInt8(rest & 127 | 128))
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
