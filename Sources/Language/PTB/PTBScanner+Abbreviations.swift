/// Full stops that belong to their word.
extension PTBScanner {
  func findAbbreviation(_ letters: Range<Int>, _ match: inout Match) {
    let stop = letters.upperBound
    guard at(stop) == Character.fullStop else { return }
    for doctor in ["ph.d.", "ed.d."] as [StaticString]
    where letters.count == 2 && hasPrefix(doctor, at: letters.lowerBound) {
      considerAlways(stop + 3, &match)
    }
    guard letters.count <= PTBAbbreviations.longest,
      let abbreviation = PTBAbbreviations.all[PTBWord(text[letters])]
    else { return }
    if abbreviation.beginsWithCapital, !isCapital(at: letters.lowerBound) { return }
    if let letter = abbreviation.smallLetter, isCapital(at: letters.lowerBound + letter) { return }
    switch abbreviation.rule {
    case .always:
      considerAlways(stop + 1, &match)
    case .unlessLonger: match.consider(stop + 1)
    case .beforeNumber:
      let number = separates(at: stop + 1) ? stop + 2 : stop + 1
      if kind(at: number).isDigit { match.consider(stop + 1, reading: number + 1) }
    }
  }

  private func considerAlways(_ end: Int, _ match: inout Match) {
    let readsOn = end + 2 <= text.count && at(end) < AccentedLetter.first
    match.consider(end, reading: readsOn ? end + 2 : end)
  }

  /// A single letter and its full stop, or several: `p.m.`, `b.b.q.`.
  mutating func findAcronym(_ letters: Range<Int>, _ match: inout Match) {
    let place = letters.lowerBound
    let end = acronymEnd(at: place)
    guard end > place else { return }
    if end == place + 2, let opener = sentenceOpenerEnd(after: end) {
      match.consider(place + 1, reading: opener)
    } else {
      match.consider(end)
    }
  }

  /// The end of the longest sequence of single ASCII letters with a full stop each.
  func acronymEnd(at place: Int) -> Int {
    var end = place
    while isASCIILetter(at: end), at(end + 1) == Character.fullStop { end += 2 }
    return end
  }

  /// Past the white space after a tag or a word that opens a sentence, where a place is before white
  /// space and that.
  private mutating func sentenceOpenerEnd(after place: Int) -> Int? {
    var opener = place
    while separates(at: opener) { opener += 1 }
    guard opener > place, let end = tagEnd(at: opener) ?? openingWordEnd(at: opener) else {
      return nil
    }
    return separates(at: end) ? end + 1 : nil
  }

  private func openingWordEnd(at place: Int) -> Int? {
    guard isCapital(at: place) else { return nil }
    if hasPrefix("mr.", at: place) || hasPrefix("ms.", at: place) { return place + 3 }
    let end = end(from: place) { $0 == .asciiLetter }
    let isOpener =
      end - place <= PTBWord.longest
      && PTBAbbreviations.sentenceOpeners.contains(PTBWord(text[place..<end]))
    return isOpener ? end : nil
  }

  /// Whether white space stands at a place, to the rules that look for it.
  func separates(at place: Int) -> Bool {
    guard place < text.count else { return false }
    switch kind(at: place) {
    case .space, .newline: return true
    default: return at(place) == Character.nextLine
    }
  }
}
