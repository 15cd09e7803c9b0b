/// Names of files, which unlike other dotted words may have parts that begin with a digit.
extension PTBScanner {
  mutating func findFileName(at place: Int, _ match: inout Match) {
    if !lookahead.fileRun.contains(place) { readFileRun(from: place) }
    guard let suffix = lookahead.fileExtension, suffix.lowerBound > place else { return }
    match.consider(suffix.upperBound, reading: suffix.upperBound + 1)
  }

  /// Finds the last extension in a stretch of words joined by single full stops.
  private mutating func readFileRun(from place: Int) {
    var start = place
    var suffix: Range<Int>?
    var end = end(from: place) { $0.beginsWord || $0.isDigit }
    while end > start {
      if start > place, isFileExtension(start..<end), mayFollowFileName(at: end) {
        suffix = start..<end
      }
      guard at(end) == Character.fullStop else { break }
      start = end + 1
      end = self.end(from: start) { $0.beginsWord || $0.isDigit }
    }
    lookahead.fileRun = place..<max(end, place + 1)
    lookahead.fileExtension = suffix
  }

  private func mayFollowFileName(at place: Int) -> Bool {
    switch at(place) {
    case Character.exclamationMark, Character.comma, Character.fullStop, Character.questionMark:
      true
    default: separates(at: place)
    }
  }

  private func isFileExtension(_ range: Range<Int>) -> Bool {
    range.count <= 4 && range.allSatisfy(isASCIILetter)
      && Self.fileExtensions.contains(PTBWord(text[range]))
  }

  private static let fileExtensions = Set(
    """
    c h gz pl ps py bat bmp cgi cpp dll doc exe gif htm jar jpg mov pdf php png ppt sql tar txt wav x \
    xml zip docx html java jpeg
    """.split(separator: " ").map { PTBWord($0) })
}
