internal import Foundation
internal import GRDB
internal import SystemPackage

/// A query in SQL. All that a person typed is in the arguments, and what is for the full-text index
/// is in quotes besides: nothing of it is ever read as SQL or as an operator of FTS5.
struct SearchSQL {
  /// What of the query the full-text index can rank by; nil where there is nothing. It finds all
  /// that the query finds, and perhaps more.
  let match: String?
  /// The rest: an expression on images `i`, files `f` and captions `c`, or for
  /// `isAboutFailures` on failures `f`.
  private(set) var filter = "TRUE"
  /// Of `filter`.
  private(set) var arguments = StatementArguments()
  /// The captions that folders and times leave, as a query that reads indexes only; nil where the
  /// query has neither at its top level.
  private(set) var narrowing: (sql: String, arguments: StatementArguments)?
  /// What those conditions at the top level of the query that are about labels only leave of the
  /// full-text index: an expression that looks one caption up.
  private(set) var labelNarrowing: (sql: String, arguments: StatementArguments)?
  /// The first label that all captions must have.
  let label: String?
  /// The SQL of a caption's number.
  private var caption = "c.id"

  /// - Parameter albumOnly: whether files that only evaluations have entered do not count.
  init(_ query: SearchQuery, albumOnly: Bool = false) {
    var parts: [SearchQuery.Condition] = [query.condition]
    if case .all(let conditions) = query.condition { parts = conditions }
    label =
      parts.lazy.compactMap { if case .sentiment(let label) = $0 { label } else { nil } }.first
    let matches = parts.map(FullTextMatch.init)
    match = FullTextMatch.all(matches).text
    let rest = zip(parts, matches).filter { match == nil || !$1.isExact || $1.isEmpty }.map(\.0)
    narrowing = narrowed(parts)
    labelNarrowing = narrowedByLabels(parts)
    if !rest.isEmpty {
      filter = expression(.all(rest), isRanked: match != nil)
    }
    if albumOnly {
      filter += " AND f.in_album = 1 AND " + Album.counts(madeBy: "c.run_id", datasets: false)
    }
  }

  private mutating func narrowed(_ parts: [SearchQuery.Condition]) -> (String, StatementArguments)?
  {
    let places = parts.filter {
      switch $0 {
      case .folder, .after, .before: true
      default: false
      }
    }
    guard !places.isEmpty else { return nil }
    defer { arguments = StatementArguments() }
    return (
      """
      SELECT c.id FROM files AS f JOIN images AS i ON i.id = f.image_id
      JOIN captions AS c ON c.image_id = i.id WHERE \(expression(.all(places)))
      """, arguments
    )
  }

  private mutating func narrowedByLabels(_ parts: [SearchQuery.Condition])
    -> (String, StatementArguments)?
  {
    let labels = parts.filter { $0.leaves.count == $0.sentiments.count }
    guard !labels.isEmpty else { return nil }
    caption = "caption_texts.rowid"
    defer { (caption, arguments) = ("c.id", StatementArguments()) }
    return (expression(.all(labels)), arguments)
  }

  /// - Parameter isRanked: whether the rows come from `match` already.
  private mutating func expression(_ condition: SearchQuery.Condition, isRanked: Bool = false)
    -> String
  {
    switch condition {
    case .phrase: return matching(condition)
    case .exactly(let words): return verified(condition, words, isPrefix: false, isRanked)
    case .prefix(let words): return verified(condition, words, isPrefix: true, isRanked)
    case .contains(let text):
      return bind("instr(lower(c.text), lower(?)) > 0", text)
    case .folder(let folder):
      let range = PathRange(Self.folder(folder))
      return bind("f.path >= ? AND f.path < ?", range.lower, range.upper)
    case .model(let name):
      // The plus sign: by its index, all captions of a model would be found before they are sorted.
      return bind("+c.model_id IN (SELECT id FROM models WHERE name = ? COLLATE NOCASE)", name)
    case .after(let date): return bind("i.captured_at >= ?", date)
    case .before(let date): return bind("i.captured_at < ?", date)
    case .confidence(let comparison, let limit):
      return bind("c.confidence \(comparison.rawValue) ?", limit)
    case .origin(let origin): return bind("c.origin = ?", origin.rawValue)
    case .sentiment(let label):
      return bind(
        "EXISTS (SELECT 1 FROM caption_sentiments WHERE caption_id = \(caption) AND label = ?)",
        label)
    case .dataset(let name):
      let inDataset = """
        SELECT 1 FROM dataset_items AS d WHERE (d.path = f.path OR d.image_id = f.image_id)
        """
      guard !name.isEmpty else { return "EXISTS (\(inDataset))" }
      let isNamed = "AND dataset_id = (SELECT id FROM datasets WHERE name = ?)"
      return bind("EXISTS (\(inDataset) \(isNamed))", name)
    case .failed(""): return "TRUE"
    case .failed(let reason):
      return bind("(instr(lower(f.reason), lower(?)) > 0 OR f.kind = lower(?))", reason, reason)
    case .all(let parts):
      return "(" + parts.map { expression($0, isRanked: isRanked) }.joined(separator: " AND ") + ")"
    case .any(let parts):
      return "(" + parts.map { expression($0) }.joined(separator: " OR ") + ")"
    // What is unknown, such as the confidence of a person, is not what was asked for.
    case .not(let part): return "((\(expression(part))) IS NOT TRUE)"
    }
  }

  /// The captions that the full-text index finds.
  private mutating func matching(_ condition: SearchQuery.Condition) -> String {
    bind(
      "c.id IN (SELECT rowid FROM caption_texts WHERE caption_texts MATCH ?)",
      FullTextMatch(condition).text ?? "")
  }

  private mutating func verified(
    _ condition: SearchQuery.Condition, _ words: String, isPrefix: Bool, _ isRanked: Bool
  ) -> String {
    let found = isRanked ? "" : matching(condition) + " AND "
    return found
      + bind("\(Self.containsWords.name)(c.text, ?, \(isPrefix ? "TRUE" : "FALSE"))", words)
  }

  private mutating func bind(_ sql: String, _ values: any DatabaseValueConvertible...) -> String {
    arguments += StatementArguments(values)
    return sql
  }

  /// A shell leaves `~` as it is in the middle of an argument.
  private static func folder(_ text: String) -> FilePath {
    guard text == "~" || text.hasPrefix("~/") else { return FilePath(text) }
    return FilePath(NSHomeDirectory()).pushing(FilePath(String(text.dropFirst(2))))
  }

  /// `SearchText.contains` for SQLite.
  static let containsWords = DatabaseFunction(
    "caption_contains_words", argumentCount: 3, pure: true
  ) { values in
    guard let text = String.fromDatabaseValue(values[0]),
      let words = String.fromDatabaseValue(values[1]),
      let isPrefix = Bool.fromDatabaseValue(values[2])
    else { return false }
    return SearchText.contains(text, words: words, isPrefix: isPrefix)
  }
}

/// What a condition is in the language of FTS5.
private struct FullTextMatch {
  /// Finds all that the condition finds; nil where the index cannot tell.
  var text: String?
  /// What to take away from it, if the whole is to be exact.
  var exception: String?
  /// Whether text and exception find nothing more than the condition.
  var isExact: Bool

  var isEmpty: Bool { text == nil && exception == nil }

  private static let unknown = FullTextMatch(text: nil, exception: nil, isExact: false)

  private init(text: String?, exception: String?, isExact: Bool) {
    self.text = text
    self.exception = exception
    self.isExact = isExact
  }

  init(_ condition: SearchQuery.Condition) {
    switch condition {
    case .phrase(let words):
      self.init(text: Self.quoted(words), exception: nil, isExact: true)
    case .exactly(let words):
      self.init(text: Self.quoted(words), exception: nil, isExact: false)
    case .prefix(let words):
      self.init(text: Self.beginnings(words), exception: nil, isExact: false)
    case .all(let parts): self = Self.all(parts.map(FullTextMatch.init))
    case .any(let parts): self = Self.any(parts.map(FullTextMatch.init))
    case .not(let part):
      let match = FullTextMatch(part)
      guard match.isExact, let text = match.text else {
        self = .unknown
        return
      }
      self.init(text: nil, exception: text, isExact: true)
    default: self = .unknown
    }
  }

  /// Both texts and exceptions of several conditions that hold at once.
  static func all(_ parts: [FullTextMatch]) -> FullTextMatch {
    let texts = parts.compactMap(\.text)
    let exceptions = parts.compactMap(\.exception)
    // Nothing but exceptions: FTS5 has no way to say “all but”.
    guard !texts.isEmpty else { return .unknown }
    var text = joined(texts, "AND")
    if !exceptions.isEmpty { text = "(\(text) NOT \(joined(exceptions, "OR")))" }
    return FullTextMatch(
      text: text, exception: nil, isExact: parts.allSatisfy { $0.isExact && !$0.isEmpty })
  }

  private static func any(_ parts: [FullTextMatch]) -> FullTextMatch {
    let texts = parts.compactMap(\.text)
    guard texts.count == parts.count else { return .unknown }
    return FullTextMatch(
      text: joined(texts, "OR"), exception: nil, isExact: parts.allSatisfy(\.isExact))
  }

  private static func joined(_ texts: [String], _ operation: String) -> String {
    texts.count == 1 ? texts[0] : "(" + texts.joined(separator: " \(operation) ") + ")"
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// What finds all words that begin with a text.
  ///
  /// The index holds stems: one that begins with the text, or is the beginning of the text, of which
  /// the stemmer may have cut a letter e (runni* is to find “running” under “run”, and hopi* is to
  /// find “hoping” under “hope”).
  private static func beginnings(_ text: String) -> String {
    var matches = [quoted(text) + " *"]
    var shorter = text
    while let last = shorter.last, last.isLetter, matches.count < 24 {
      shorter.removeLast()
      guard shorter.suffix(2).count == 2, shorter.suffix(2).allSatisfy(\.isLetter) else { break }
      matches += [quoted(shorter), quoted(shorter + "e")]
    }
    return joined(matches, "OR")
  }
}
