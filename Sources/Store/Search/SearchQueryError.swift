package import Files

/// What is wrong with a query.
package enum SearchQueryError: Failure, Equatable {
  /// There is no word and no filter in it.
  case empty
  case tooLong
  case tooManyTerms
  /// Parentheses and NOT lie too deep in each other.
  case tooNested
  case openQuote
  /// A closing parenthesis is missing.
  case openParenthesis
  /// An opening parenthesis is missing.
  case strayParenthesis
  case emptyParentheses
  /// AND, OR, NOT or a minus sign stands alone.
  case missingTerm(beside: String)
  case missingValue(field: String)
  case badDate(field: String, value: String)
  case badConfidence(String)
  case badOrigin(String)
  /// No caption has a sentiment.
  case nothingLabelled
  /// No model that labelled texts knows the label.
  case noSentiment(String, known: [String])
  /// What a query with `failed:` cannot ask for.
  case notWithFailures(String)

  /// How long a query may be, in bytes of UTF-8.
  static let maximumLength = 10_000
  static let maximumTerms = 200
  static let maximumDepth = 16

  package var parts: FailureParts { .init(.usage, reason) }

  package var reason: String {
    switch self {
    case .empty: "the query has no word to search for, and no filter"
    case .tooLong: "the query is longer than \(Self.maximumLength) bytes"
    case .tooManyTerms: "the query has more than \(Self.maximumTerms) terms"
    case .tooNested:
      "the query has more than \(Self.maximumDepth) parentheses and NOTs inside each other"
    case .openQuote: "a quotation mark (\") in the query is not closed"
    case .openParenthesis: "a parenthesis in the query is not closed; text with one goes in quotes"
    case .strayParenthesis:
      "a parenthesis in the query was never opened; text with one goes in quotes"
    case .emptyParentheses: "there is nothing between the parentheses in the query"
    case .missingTerm(let word):
      "\(word) in the query has nothing beside it to go with; write it in quotes to search for it"
    case .missingValue("folder"): "folder: takes a path right after it, as in folder:~/Pictures"
    case .missingValue("model"): "model: takes a model's name right after it"
    case .missingValue("word"): "word: takes a word right after it, as in word:dog"
    case .missingValue("sentiment"):
      "sentiment: takes a label right after it, as in sentiment:positive"
    case .missingValue(let field): "\(field): takes a value right after it"
    case .badDate(let field, let value):
      "\(field): takes a day, month or year such as 2021-07-04, 2021-07 or 2021, not “\(value)”"
    case .badConfidence(let text):
      "confidence is compared with a number from 0 to 1 by <, <=, > or >=, as in confidence<0.4, "
        + "not “\(text)”"
    case .badOrigin(let value): "origin: takes human or machine, not “\(value)”"
    case .nothingLabelled: "no caption has a sentiment yet"
    case .noSentiment(let label, let known):
      "sentiment: takes \(known.joined(separator: ", ")), not “\(label)”"
    case .notWithFailures(let other):
      "failed: lists photos that have no caption, so only folder: goes with it, not \(other)"
    }
  }
}
