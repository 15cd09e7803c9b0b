internal import Files
internal import Foundation
internal import SystemPackage

/// A training run's log: one JSON object a line, in the order in which things happened.
package struct TrainingLog {
  /// A line.
  package struct Entry: Codable, Equatable, Sendable {
    /// `step` or `validation`.
    package let event: String
    /// How many steps were made.
    package let step: Int
    package var loss: Double?
    package var parts: [String: Double]?
    package var rate: Double?
    package var gradientNorm: Double?
    package var itemsPerSecond: Double?
    /// By name, what validation measured.
    package var scores: [String: Double]?
    /// Since the run began, without interruptions.
    package var seconds: Double

    enum CodingKeys: String, CodingKey {
      case event, step, loss, parts, rate, scores, seconds
      case gradientNorm = "gradient_norm"
      case itemsPerSecond = "items_per_second"
    }

    /// All that was measured, by names that keep what belongs together under one heading.
    var scalars: [(tag: String, value: Double)] {
      let single = [
        ("loss", loss), ("learning_rate", rate), ("gradient_norm", gradientNorm),
        ("items_per_second", itemsPerSecond),
      ]
      func group(_ name: String, _ values: [String: Double]?) -> [(tag: String, value: Double)] {
        (values ?? [:]).sorted { $0.key < $1.key }.map { ("\(name)/\($0.key)", $0.value) }
      }
      return single.compactMap { name, value in value.map { (name, $0) } }
        + group("loss_parts", parts) + group("validation", scores)
    }
  }

  private let file: AppendedFile

  /// Opens a log to write.
  ///
  /// - Parameter steps: entries of later steps are dropped, since a run that goes on from this many
  ///   makes them again.
  /// - Throws: `FileFailure`; what `read` throws.
  package init(path: String, keepingSteps steps: Int) throws {
    let kept = try Self.read(path: path).filter { $0.step <= steps }
    try replaceFile(at: FilePath(path), with: kept.flatMap { try Self.line($0) })
    file = try AppendedFile(FilePath(path))
  }

  /// Bytes beyond which a file is taken to be something else.
  private static let largestLog = 1 << 30

  /// The entries of a log; a last line that was cut off, as by a crash, is left out.
  ///
  /// - Throws: `TrainingError.data` for any other line that is not an entry.
  package static func read(path: String) throws -> [Entry] {
    guard let data = try? RegularFile.contents(path: path, limit: largestLog) else { return [] }
    let lines = data.split(separator: UInt8(ascii: "\n"))
    return try lines.enumerated().compactMap { index, line in
      do {
        return try JSONDecoder().decode(Entry.self, from: Data(line))
      } catch {
        if index == lines.count - 1, data.last != UInt8(ascii: "\n") { return nil }
        throw TrainingError.data(path: path, reason: "line \(index + 1) is no entry of a log")
      }
    }
  }

  /// - Throws: `FileFailure`.
  package func write(_ entry: Entry) throws {
    try file.write(Self.line(entry))
  }

  private static func line(_ entry: Entry) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try Array(encoder.encode(entry)) + [UInt8(ascii: "\n")]
  }
}
