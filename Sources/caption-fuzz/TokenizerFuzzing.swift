import Language

/// Tokenizes a caption, alone and as the lines of a list, and checks the tokens' form.
func fuzzTokenizer(_ caption: String) {
  let tokenizer = PTBTokenizer()
  check(tokenizer.tokenize(caption))
  let lines = caption.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    .map { String($0) }
  let tokens = tokenizer.tokenize(lines)
  require(tokens.count == lines.count, "\(lines.count) captions, \(tokens.count) of tokens")
  tokens.forEach(check)
}

private func check(_ tokens: String) {
  if tokens.isEmpty { return }
  let hasLineEnd = PTBTokenizer.containsLineSeparator(tokens) || tokens.utf8.contains(0x0A)
  require(!hasLineEnd, "a line's end in “\(tokens)”")
  for token in tokens.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
    require(!token.isEmpty, "an empty token in “\(tokens)”")
    require(!punctuation.contains(Array(token)), "“\(Substring(token))” in “\(tokens)”")
  }
}

/// What pycocoevalcap leaves out (`PUNCTUATIONS` in its ptbtokenizer.py), as far as small letters
/// can spell it. As bytes: to Swift, the Greek question mark equals a semicolon.
private let punctuation = Set(
  ["''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";"].map { Array($0.utf8) })
