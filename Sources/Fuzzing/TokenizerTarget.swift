internal import Language
internal import Sentiment

/// Tokenizes captions, alone and as the lines of a list, and checks the tokens' form; the same text as
/// the classifier of sentiment reads it, and checks where its words stand.
struct TokenizerTarget: FuzzTarget {
  init(_ place: FuzzPlace) {}

  func run(_ input: [UInt8]) throws(FuzzFailure) {
    let caption = String(decoding: input, as: UTF8.self)
    let tokenizer = PTBTokenizer()
    try check(tokenizer.tokenize(caption))
    let lines = caption.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0) }
    let tokens = tokenizer.tokenize(lines)
    try require(tokens.count == lines.count, "\(lines.count) captions, \(tokens.count) of tokens")
    for tokens in tokens { try check(tokens) }
    try checkPlaces(in: caption)
  }

  private func checkPlaces(in text: String) throws(FuzzFailure) {
    var last = 0
    for token in TextTokenizer.tokenize(text).tokens {
      let (bytes, word) = (token.bytes, token.text)
      try require(
        bytes.lowerBound >= last && !bytes.isEmpty && bytes.upperBound <= text.utf8.count,
        "“\(word)” at \(bytes) of \(text.utf8.count) bytes, behind \(last)")
      try require(!word.isEmpty, "an empty word at \(bytes)")
      last = bytes.upperBound
    }
  }

  private func check(_ tokens: String) throws(FuzzFailure) {
    if tokens.isEmpty { return }
    let hasLineEnd = PTBTokenizer.containsLineSeparator(tokens) || tokens.utf8.contains(0x0A)
    try require(!hasLineEnd, "a line's end in “\(tokens)”")
    for token in tokens.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
      try require(!token.isEmpty, "an empty token in “\(tokens)”")
      try require(
        !Self.punctuation.contains(Array(token)), "“\(Substring(token))” in “\(tokens)”")
    }
  }

  /// What pycocoevalcap leaves out (`PUNCTUATIONS` in its ptbtokenizer.py), as far as small letters
  /// can spell it. As bytes: to Swift, the Greek question mark equals a semicolon.
  private static let punctuation = Set(
    ["''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";"].map { Array($0.utf8) })
}
