import Language

/// Tokenizes a caption, alone and as the lines of a list, and checks the tokens' form.
func fuzzTokenizer(_ caption: String) {
  let tokenizer = PTBTokenizer()
  check(tokenizer.tokenize(caption))
  let lines = caption.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    .map { String($0) }
  let tokens = tokenizer.tokenize(lines)
  precondition(tokens.count == lines.count, "\(lines.count) captions, \(tokens.count) of tokens")
  tokens.forEach(check)
}

private func check(_ tokens: String) {
  if tokens.isEmpty { return }
  precondition(!PTBTokenizer.containsLineSeparator(tokens), "a line's end in “\(tokens)”")
  for token in tokens.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
    precondition(!token.isEmpty, "an empty token in “\(tokens)”")
    precondition(!token.contains(UInt8(ascii: "\n")), "a line's end in “\(tokens)”")
    let token = String(Substring(token))
    precondition(!punctuation.contains(token), "“\(token)” in “\(tokens)”")
  }
}

/// What pycocoevalcap leaves out (`PUNCTUATIONS` in its ptbtokenizer.py), as far as small letters
/// can spell it.
private let punctuation: Set<String> = [
  "''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";",
]
