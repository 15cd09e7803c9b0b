internal import Foundation

/// What a search asks for, as it was typed: words, phrases and filters, joined by AND (or nothing),
/// OR, NOT (or a minus sign) and parentheses.
package struct SearchQuery: Equatable, Sendable {
  package let condition: Condition

  /// What a photo or its caption must be like.
  package indirect enum Condition: Equatable, Sendable {
    /// The words in this order, each in any of its forms.
    case phrase(String)
    /// The words in this order, exactly these.
    case exactly(String)
    /// Words of which the last one begins so.
    case prefix(String)
    /// The characters, wherever they are: for scripts without blanks, and for pictograms.
    case contains(String)
    case folder(String)
    case model(String)
    case after(String)
    case before(String)
    case confidence(Comparison, Double)
    case origin(CaptionOrigin)
    /// The text was labelled so.
    case sentiment(String)
    /// Of the dataset of that name; of any where that is empty.
    case dataset(String)
    /// Captioning failed, for a reason in which the text occurs.
    case failed(String)
    case all([Condition])
    case any([Condition])
    case not(Condition)
  }

  package enum Comparison: String, Sendable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  /// - Throws: `SearchQueryError`.
  package init(_ text: String) throws {
    guard text.utf8.count <= SearchQueryError.maximumLength else { throw SearchQueryError.tooLong }
    var lexer = SearchLexer(text)
    var parser = SearchParser(tokens: try lexer.tokens())
    guard let condition = try parser.query() else { throw SearchQueryError.empty }
    self.condition = condition
    if isAboutFailures, let other = condition.leaves.lazy.compactMap(\.nameBesideFailures).first {
      throw SearchQueryError.notWithFailures(other)
    }
  }

  /// Whether it asks for photos whose captioning failed: `searchFailures` finds them, not `search`.
  package var isAboutFailures: Bool {
    condition.leaves.contains { if case .failed = $0 { true } else { false } }
  }

  /// Whether it asks for photos of datasets.
  package var isAboutDatasets: Bool {
    condition.wanted.contains { if case .dataset = $0 { true } else { false } }
  }
}

extension SearchQuery.Condition {
  /// All conditions that are not made of others.
  var leaves: [Self] {
    switch self {
    case .all(let parts), .any(let parts): parts.flatMap(\.leaves)
    case .not(let part): part.leaves
    default: [self]
    }
  }

  /// Those of the conditions that are not made of others which are to hold, not to fail.
  fileprivate var wanted: [Self] {
    switch self {
    case .all(let parts), .any(let parts): parts.flatMap(\.wanted)
    case .not: []
    default: [self]
    }
  }

  /// The names of the datasets that it mentions.
  var datasets: [String] {
    leaves.compactMap { if case .dataset(let name) = $0 { name } else { nil } }
  }

  /// The labels that it asks for.
  var sentiments: [String] {
    leaves.compactMap { if case .sentiment(let label) = $0 { label } else { nil } }
  }

  /// What a person calls the condition, if photos without a caption cannot be asked for it.
  fileprivate var nameBesideFailures: String? {
    switch self {
    case .failed, .folder, .all, .any, .not: nil
    case .phrase(let text), .contains(let text): "“\(text)”"
    case .prefix(let text): "“\(text)*”"
    case .exactly: "word:"
    case .model: "model:"
    case .after: "after:"
    case .before: "before:"
    case .confidence: "confidence"
    case .origin: "origin:"
    case .sentiment: "sentiment:"
    case .dataset: "dataset:"
    }
  }

  /// Words as they were typed; nil where they are nothing but punctuation.
  fileprivate init?(words text: String, _ make: (String) -> Self) {
    let kinds = text.unicodeScalars.map(SearchText.kind)
    if kinds.contains(.unspaced) || (kinds.contains(.pictogram) && !kinds.contains(.word)) {
      self = .contains(text)
    } else if kinds.contains(.word) {
      self = make(text)
    } else {
      return nil
    }
  }
}

/// Cuts a query into its terms and what joins them.
private struct SearchLexer {
  enum Token {
    case open, close, and, or
    /// As it was typed.
    case not(String)
    /// Nil where there is nothing to search for, as in a lone comma.
    case term(SearchQuery.Condition?)
  }

  /// Of what has a meaning of its own, in characters.
  private static let longestName = "confidence".count

  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) {
    // A zero byte would end the text for SQLite.
    scalars = text.unicodeScalars.map { $0 == "\0" ? " " : $0 }
  }

  mutating func tokens() throws -> [Token] {
    var tokens: [Token] = []
    while let scalar = current {
      if SearchText.isBlank(scalar) {
        position += 1
      } else if scalar == "(" {
        position += 1
        tokens.append(.open)
      } else if scalar == ")" {
        position += 1
        tokens.append(.close)
      } else if SearchText.isQuote(scalar) {
        tokens.append(.term(SearchQuery.Condition(words: try quoted()) { .phrase($0) }))
      } else if scalar == "-" {
        position += 1
        // A dash between blanks is punctuation.
        if let next = current, !SearchText.isBlank(next), next != ")" { tokens.append(.not("-")) }
      } else {
        tokens.append(try word())
      }
    }
    return tokens
  }

  private var current: Unicode.Scalar? {
    position < scalars.count ? scalars[position] : nil
  }

  /// An operator, a field with its value, or a word of text.
  private mutating func word() throws -> Token {
    let start = position
    while let scalar = current, !SearchText.isBlank(scalar), scalar != "(", scalar != ")",
      !SearchText.isQuote(scalar)
    {
      position += 1
      guard position - start <= Self.longestName else { continue }
      let name = text(from: start).lowercased()
      if scalar == ":", let field = Field(rawValue: String(name.dropLast())) {
        return .term(try field.condition(value()))
      }
      if name == "confidence", let condition = try comparison(start) { return .term(condition) }
    }
    switch text(from: start) {
    case "AND": return .and
    case "OR": return .or
    case "NOT": return .not("NOT")
    case let word: return .term(Self.words(word))
    }
  }

  /// A word of text, which a star at the end makes the beginning of words.
  private static func words(_ word: String) -> SearchQuery.Condition? {
    let isPrefix = word.hasSuffix("*")
    let bare = isPrefix ? String(word.reversed().drop { $0 == "*" }.reversed()) : word
    return SearchQuery.Condition(words: bare) { isPrefix ? .prefix($0) : .phrase($0) }
  }

  private func text(from start: Int) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[start..<position])
    return String(text)
  }

  /// What stands between quotation marks; `\"` is a mark itself.
  private mutating func quoted() throws -> String {
    position += 1
    var text = String.UnicodeScalarView()
    while let scalar = current {
      position += 1
      if scalar == "\\", current == "\"" {
        text.append("\"")
        position += 1
      } else if SearchText.isQuote(scalar) {
        return String(text)
      } else {
        text.append(scalar)
      }
    }
    throw SearchQueryError.openQuote
  }

  /// A field's value: up to a blank that is not quoted, or a parenthesis that it did not open.
  private mutating func value() throws -> String {
    var value = ""
    var depth = 0
    while let scalar = current, !SearchText.isBlank(scalar) {
      if SearchText.isQuote(scalar) {
        value += try quoted()
        continue
      }
      if scalar == "(" { depth += 1 }
      if scalar == ")" {
        if depth == 0 { break }
        depth -= 1
      }
      position += 1
      if scalar == "\\", current == "\"" {
        value.unicodeScalars.append("\"")
        position += 1
      } else {
        value.unicodeScalars.append(scalar)
      }
    }
    return value
  }

  /// The comparison that follows the word “confidence”; nil where there is none.
  ///
  /// - Parameter start: where the word begins.
  private mutating func comparison(_ start: Int) throws -> SearchQuery.Condition? {
    let end = position
    skipBlanks()
    guard let first = current, ["<", ">", "=", ":", "≤", "≥"].contains(first) else {
      position = end
      return nil
    }
    var sign = ""
    while let scalar = current, ["<", ">", "=", ":", "≤", "≥"].contains(scalar) {
      sign.unicodeScalars.append(scalar)
      position += 1
    }
    sign = ["≤": "<=", "≥": ">="][sign] ?? sign
    skipBlanks()
    let number = try value()
    guard let comparison = SearchQuery.Comparison(rawValue: sign), let limit = Double(number),
      (0...1).contains(limit)
    else { throw SearchQueryError.badConfidence(text(from: start)) }
    return .confidence(comparison, limit)
  }

  private mutating func skipBlanks() {
    while let scalar = current, SearchText.isBlank(scalar) { position += 1 }
  }
}

/// What stands before a colon; any other word with a colon in it is text.
private enum Field: String {
  case word, folder, model, after, before, origin, sentiment, dataset, failed

  func condition(_ value: String) throws -> SearchQuery.Condition {
    if self == .failed { return .failed(value) }
    if self == .dataset { return .dataset(value) }
    guard !value.isEmpty else { throw SearchQueryError.missingValue(field: rawValue) }
    switch self {
    case .word:
      guard let condition = SearchQuery.Condition(words: value, { .exactly($0) }) else {
        throw SearchQueryError.missingValue(field: rawValue)
      }
      return condition
    case .folder: return .folder(value)
    case .model: return .model(value)
    case .after: return .after(try date(value))
    case .before: return .before(try date(value))
    case .origin:
      guard let origin = CaptionOrigin(rawValue: value.lowercased()) else {
        throw SearchQueryError.badOrigin(value)
      }
      return .origin(origin)
    case .sentiment: return .sentiment(value)
    case .dataset: return .dataset(value)
    case .failed: return .failed(value)
    }
  }

  /// A year, month or day as it begins a stored time.
  private func date(_ value: String) throws -> String {
    let lengths = [4, 2, 2]
    let parts = value.split(separator: "-", omittingEmptySubsequences: false)
    let numbers = zip(parts, lengths).compactMap { part, length in
      part.utf8.count == length && part.utf8.allSatisfy { (48...57).contains($0) }
        ? Int(part) : nil
    }
    var components = DateComponents()
    components.calendar = Calendar(identifier: .gregorian)
    components.year = numbers.first
    components.month = numbers.count > 1 ? numbers[1] : 1
    components.day = numbers.count > 2 ? numbers[2] : 1
    guard numbers.count == parts.count, parts.count <= 3, components.isValidDate else {
      throw SearchQueryError.badDate(field: rawValue, value: value)
    }
    return value
  }
}

/// Reads terms and what joins them: NOT before AND, AND before OR.
private struct SearchParser {
  private let tokens: [SearchLexer.Token]
  private var position = 0
  private var terms = 0
  private var depth = 0

  init(tokens: [SearchLexer.Token]) {
    self.tokens = tokens
  }

  private var current: SearchLexer.Token? {
    position < tokens.count ? tokens[position] : nil
  }

  /// - Returns: nil where there is nothing to search for.
  mutating func query() throws -> SearchQuery.Condition? {
    guard !tokens.isEmpty else { return nil }
    let condition = try any()
    if case .close = current { throw SearchQueryError.strayParenthesis }
    return condition
  }

  private mutating func any() throws -> SearchQuery.Condition? {
    var parts = [try all(after: nil)]
    while case .or = current {
      position += 1
      parts.append(try all(after: "OR"))
    }
    return joined(parts) { .any($0) }
  }

  private mutating func all(after operation: String?) throws -> SearchQuery.Condition? {
    var parts = [try one(after: operation)]
    while let token = current {
      switch token {
      case .and:
        position += 1
        parts.append(try one(after: "AND"))
      case .open, .not, .term: parts.append(try one(after: nil))
      case .or, .close: return joined(parts) { .all($0) }
      }
    }
    return joined(parts) { .all($0) }
  }

  /// - Parameter operation: what came before and needs a term.
  private mutating func one(after operation: String?) throws -> SearchQuery.Condition? {
    guard let token = current else {
      throw operation.map { SearchQueryError.missingTerm(beside: $0) } ?? .openParenthesis
    }
    position += 1
    switch token {
    case .term(let condition):
      terms += 1
      guard terms <= SearchQueryError.maximumTerms else { throw SearchQueryError.tooManyTerms }
      return condition
    case .not(let sign):
      return try nested { try $0.one(after: sign) }.map { .not($0) }
    case .open:
      if case .close = current { throw SearchQueryError.emptyParentheses }
      let condition = try nested { try $0.any() }
      guard case .close = current else { throw SearchQueryError.openParenthesis }
      position += 1
      return condition
    case .and: throw SearchQueryError.missingTerm(beside: "AND")
    case .or: throw SearchQueryError.missingTerm(beside: "OR")
    case .close:
      if let operation { throw SearchQueryError.missingTerm(beside: operation) }
      throw SearchQueryError.strayParenthesis
    }
  }

  private mutating func nested<Value>(_ read: (inout Self) throws -> Value) throws -> Value {
    depth += 1
    defer { depth -= 1 }
    guard depth <= SearchQueryError.maximumDepth else { throw SearchQueryError.tooNested }
    return try read(&self)
  }

  /// One condition for several, of which those with nothing to search for do not count.
  private func joined(
    _ parts: [SearchQuery.Condition?], _ join: ([SearchQuery.Condition]) -> SearchQuery.Condition
  ) -> SearchQuery.Condition? {
    let parts = parts.compactMap { $0 }
    return parts.count > 1 ? join(parts) : parts.first
  }
}
