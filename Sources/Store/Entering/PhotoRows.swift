internal import Files
internal import Foundation
internal import GRDB

struct ImageRow: TableRow {
  let content: ContentHash
  let picture: ContentHash?
  let byteCount: Int
  let format: String
  let width: Int
  let height: Int
  let facts: PhotoFacts
  let addedAt: String

  static let table = "images"
  static let values: Columns = [
    ("content_hash", { $0.content.data }), ("picture_hash", { $0.picture?.data }),
    ("byte_count", { $0.byteCount }), ("format", { $0.format }), ("width", { $0.width }),
    ("height", { $0.height }),
    ("captured_at", { $0.facts.capturedAt }), ("camera_make", { $0.facts.cameraMake }),
    ("camera_model", { $0.facts.cameraModel }), ("latitude", { $0.facts.latitude }),
    ("longitude", { $0.facts.longitude }), ("added_at", { $0.addedAt }),
  ]
  static let refused = ConflictRule<Self>.refused

  /// What files tell of a picture besides itself, or do not.
  private static let facts = [
    ("captured_at", "?1"), ("camera_make", "?2"), ("camera_model", "?3"), ("latitude", "?4"),
    ("longitude", "?5"),
  ]

  /// SQL that sets what is known by one row, and else what is known by another.
  ///
  /// - Parameters: names of rows of `images`; nil for `arguments(of:)`.
  static func facts(by first: String?, else second: String?) -> String {
    facts.map { "\($0.0) = coalesce(\(value($0, first)), \(value($0, second)))" }
      .joined(separator: ", ")
  }

  /// SQL that tells whether anything is not known by one row, and known by another.
  static func knowsLess(_ row: String, than other: String?) -> String {
    let gaps = facts.map { "\(row).\($0.0) IS NULL AND \(value($0, other)) IS NOT NULL" }
    return "(\(gaps.joined(separator: " OR ")))"
  }

  static func arguments(of facts: PhotoFacts) -> StatementArguments {
    [facts.capturedAt, facts.cameraMake, facts.cameraModel, facts.latitude, facts.longitude]
  }

  private static func value(_ fact: (column: String, place: String), _ row: String?) -> String {
    row.map { "\($0).\(fact.column)" } ?? fact.place
  }
}

/// The same picture in other bytes.
struct ImageVersionRow: TableRow {
  let content: ContentHash
  let image: Int64

  static let table = "image_versions"
  static let values: Columns = [("content_hash", { $0.content.data }), ("image_id", { $0.image })]
  static let kept = ConflictRule<Self>.kept
}

struct FileRow: TableRow {
  /// As `FilePath.data`.
  let path: Data
  let image: Int64
  let state: FileState
  let seenAt: String
  var inAlbum = true

  static let table = "files"
  static let values: Columns = [
    ("path", { $0.path }), ("image_id", { $0.image }), ("byte_count", { $0.state.byteCount }),
    ("modified_nanoseconds", { $0.state.modifiedNanoseconds }), ("seen_at", { $0.seenAt }),
    ("in_album", { $0.inAlbum }),
  ]
  static let kept = ConflictRule<Self>.kept
  /// What is seen there now counts.
  static let replacing = rule(taking: "TRUE")
  /// What was seen there last counts.
  static let later = rule(taking: "excluded.seen_at > files.seen_at")
  /// As `later`, but where the same was seen, nothing changes.
  static let laterAndOther = rule(
    taking: """
      excluded.seen_at > files.seen_at AND (excluded.image_id <> files.image_id
        OR excluded.byte_count <> files.byte_count
        OR excluded.modified_nanoseconds <> files.modified_nanoseconds)
      """)

  /// A photo in the album stays there, whatever is seen.
  private static func rule(taking isTaken: String) -> ConflictRule<Self> {
    let seen = ["image_id", "byte_count", "modified_nanoseconds", "seen_at"]
      .map { "\($0) = iif(\(isTaken), excluded.\($0), files.\($0))" }.joined(separator: ", ")
    return ConflictRule(
      """
      ON CONFLICT DO UPDATE SET \(seen), in_album = max(files.in_album, excluded.in_album)
      WHERE \(isTaken) OR excluded.in_album > files.in_album
      """)
  }
}

/// A file as it stood in `files`.
enum ForgottenFileRow: StoreTable {
  static let table = "forgotten_files"
  static let columns = ["forgetting_id"] + FileRow.columns
  static let kept = ConflictRule<Self>.kept
}

struct ForgettingRow: TableRow {
  let forgottenAt: String
  let isMissing: Bool

  static let table = "forgettings"
  static let values: Columns = [
    ("forgotten_at", { $0.forgottenAt }), ("is_missing", { $0.isMissing }),
  ]
  static let refused = ConflictRule<Self>.refused
}

struct FailureRow: TableRow {
  let run: Int64
  /// As `FilePath.data`.
  let path: Data
  let state: FileState?
  let kind: FailureKind
  let reason: String
  let failedAt: String

  static let table = "failures"
  static let values: Columns = [
    ("run_id", { $0.run }), ("path", { $0.path }), ("byte_count", { $0.state?.byteCount }),
    ("modified_nanoseconds", { $0.state?.modifiedNanoseconds }), ("kind", { $0.kind.rawValue }),
    ("reason", { $0.reason }), ("failed_at", { $0.failedAt }), ("closed_at", { _ in nil }),
  ]
  static let refused = ConflictRule<Self>.refused
}
