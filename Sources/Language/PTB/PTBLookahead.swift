extension PTBScanner {
  /// What the rules that look far ahead have learned of the characters ahead.
  struct Lookahead {
    /// Letters, digits, full stops and commas; see `hyphenatedListEnd`.
    var listRun = 0..<0

    /// What the name of a file could fill.
    var fileRun = 0..<0
    /// Where the last extension in `fileRun` begins and ends.
    var fileExtension: Range<Int>?

    /// What an address of mail could fill.
    var mailRun = 0..<0
    /// The last at sign in `mailRun` that a domain follows.
    var mailSign: Int?
    /// That domain's end.
    var mailEnd = 0

    /// What the name of a host could fill.
    var hostRun = 0..<0
    /// The last domain in `hostRun`.
    var hostDomain: Int?
    /// Nothing before this place, and after the last `www.` seen, ends a host's name.
    var wwwRunEnd = 0

    /// Where attributes begin of what looked like a tag and was none.
    var deadEnds: Set<Int> = []
    /// The next place of a character, and from where it was looked for.
    private var places: [UInt32: (from: Int, place: Int?)] = [:]

    /// The first place of a character from a place on, or nil.
    mutating func next(
      _ character: UInt32, from place: Int, in text: ArraySlice<UInt32>
    ) -> Int? {
      if let known = places[character], known.from <= place, place <= known.place ?? .max {
        return known.place
      }
      let found = text[place...].firstIndex(of: character)
      places[character] = (place, found)
      return found
    }
  }
}
