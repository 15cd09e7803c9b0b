internal import Files
internal import Foundation
internal import GRDB

struct ModelRow: NumberedRow {
  let name: String
  let content: ContentHash
  /// As JSON; `unknown` where it was not told.
  let configuration: String
  let addedAt: String

  /// What stands for a configuration that is not known.
  static let unknown = "{}"

  static let key = "content_hash"
  var keyValue: any DatabaseValueConvertible { content.data }

  static let table = "models"
  static let values: Columns = [
    ("name", { $0.name }), ("content_hash", { $0.content.data }),
    ("configuration", { $0.configuration }),
    ("added_at", { $0.addedAt }),
  ]
  /// A model is called as it is called now.
  static let replacing = ConflictRule<Self>(
    """
    ON CONFLICT (content_hash) DO UPDATE
    SET \(ConflictRule<Self>.taking(["name", "configuration"]))
    """)
  /// Of a model that is there, only what was not known is new.
  static let completing = ConflictRule<Self>(
    """
    ON CONFLICT (content_hash) DO UPDATE SET configuration = excluded.configuration
    WHERE configuration = '\(unknown)' AND excluded.configuration <> '\(unknown)'
    """)
}

struct DecodingRow: NumberedRow {
  /// As JSON with sorted keys.
  let options: String

  static let key = "options"
  var keyValue: any DatabaseValueConvertible { options }

  static let table = "decodings"
  static let values: Columns = [("options", { $0.options })]
  static let kept = ConflictRule<Self>.kept
}

struct RunRow: TableRow {
  let kind: RunKind
  /// As JSON.
  let request: String
  var work: Work?
  let startedAt: String

  static let table = "runs"
  static let values: Columns = [
    ("kind", { $0.kind.rawValue }), ("state", { _ in "running" }), ("request", { $0.request }),
    ("model_id", { $0.work?.modelID }), ("decoding_id", { $0.work?.decodingID }),
    ("captioned", { _ in 0 }),
    ("skipped", { _ in 0 }), ("failed", { _ in 0 }), ("started_at", { $0.startedAt }),
    ("finished_at", { _ in nil }),
  ]
  static let refused = ConflictRule<Self>.refused
}

/// A caption by a machine or a person.
///
/// What people wrote about a picture is never overwritten: a machine's caption gives way only to
/// another by the same work. No two nulls are the same to SQLite, so that the index of works, in
/// which people's captions stand without one, brings them into no conflict.
struct CaptionRow: TableRow {
  /// What only a machine's caption has.
  struct Machine {
    let work: Work
    let caption: MachineCaption
    let words: String
    let alternatives: String
    let orientation: Int?
  }

  let image: Int64
  let text: String
  let createdAt: String
  let run: Int64?
  private var machine: Machine?
  private var source: HumanCaption.Source?

  /// - Parameter orientation: nil where it is not known.
  init(
    _ caption: MachineCaption, of image: Int64, by work: Work, orientation: Int?, run: Int64,
    at time: String
  ) throws {
    (self.image, text, createdAt, self.run) = (image, caption.text, time, run)
    machine = Machine(
      work: work, caption: caption, words: try json(caption.words),
      alternatives: try json(caption.alternatives), orientation: orientation)
  }

  init(_ caption: HumanCaption, of image: Int64, run: Int64?, at time: String) {
    (self.image, text, createdAt, self.run) = (image, caption.text, time, run)
    source = caption.source
  }

  static let table = "captions"
  static let values: Columns = [
    ("image_id", { $0.image }), ("origin", { $0.machine == nil ? "human" : "machine" }),
    ("text", { $0.text }), ("created_at", { $0.createdAt }), ("run_id", { $0.run }),
    ("model_id", { $0.machine?.work.modelID }), ("decoding_id", { $0.machine?.work.decodingID }),
    ("log_probability", { $0.machine?.caption.logProbability }),
    ("confidence", { $0.machine?.caption.confidence }), ("words", { $0.machine?.words }),
    ("alternatives", { $0.machine?.alternatives }), ("orientation", { $0.machine?.orientation }),
    ("source", { $0.source?.rawValue }),
  ]
  /// The caption that was made first stays.
  static let kept = ConflictRule<Self>.kept
  /// The caption that was made now stays.
  static let replacing = rule("TRUE")
  /// The caption that was made last stays.
  static let newer = rule("excluded.created_at > captions.created_at")
  /// A caption of the picture turned another way gives way.
  static let turned = rule("captions.orientation <> excluded.orientation")

  /// - Parameter condition: when another caption by the same work is taken.
  private static func rule(_ condition: String) -> ConflictRule<Self> {
    let taken = ConflictRule<Self>.taking([
      "text", "created_at", "run_id", "log_probability", "confidence", "words", "alternatives",
      "orientation",
    ])
    return ConflictRule(
      """
      ON CONFLICT (image_id, model_id, decoding_id) DO UPDATE SET \(taken) WHERE \(condition)
      ON CONFLICT (image_id, text) WHERE origin = 'human' DO NOTHING
      """)
  }
}

struct EmbeddingRow: TableRow {
  let model: Int64
  let image: Int64
  let vector: UnitVector

  static let table = "embeddings"
  static let values: Columns = [
    ("model_id", { $0.model }), ("image_id", { $0.image }), ("vector", { $0.vector.data }),
  ]
  static let kept = ConflictRule<Self>.kept
  static let replacing = ConflictRule<Self>(
    "ON CONFLICT DO UPDATE SET vector = excluded.vector")
}
