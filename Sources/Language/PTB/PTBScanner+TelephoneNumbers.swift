/// Groups of ASCII digits that look like a telephone number, the first of which may be a country's:
/// `(555) 555-1212`, `+49 30 123 4567`.
extension PTBScanner {
  private static let groups: ArraySlice<ClosedRange<Int>> = [2...4, 3...4, 3...5]

  /// - Parameter place: a digit, a plus or a left bracket.
  func telephoneNumberEnd(at place: Int) -> Int? {
    if kind(at: place) == .asciiDigit, !isGrouped(at: place) { return nil }
    guard at(place) == Character.plus else {
      return furthest(localNumberEnd(place), internationalNumberEnd(place))
    }
    let second = at(place + 1) == Character.plus ? place + 2 : place + 1
    return furthest(groupsEnd(second, Self.groups), internationalNumberEnd(place + 1))
  }

  /// Whether a space or hyphen stands between a place's digits and others: most numbers are no
  /// telephone's, and need no search.
  private func isGrouped(at place: Int) -> Bool {
    let end = end(from: place) { $0 == .asciiDigit }
    let next = kind(at: end + 1)
    return (next == .asciiDigit && isTelephoneSeparator(at: end))
      || at(end) == Character.leftBracket || at(end + 1) == Character.leftBracket
  }

  private func internationalNumberEnd(_ place: Int) -> Int? {
    var furthest: Int?
    forEachGroupEnd(place, digits: 2...4) {
      furthest = self.furthest(furthest, localNumberEnd($0))
    }
    return furthest
  }

  /// The end of an area code, in brackets or not, and two groups of digits.
  private func localNumberEnd(_ place: Int) -> Int? {
    guard at(place) == Character.leftBracket else { return groupsEnd(place, Self.groups) }
    var end = place + 1
    while end < place + 4, kind(at: end) == .asciiDigit { end += 1 }
    guard end >= place + 3, at(end) == Character.rightBracket else { return nil }
    let rest = isTelephoneSeparator(at: end + 1) ? end + 2 : end + 1
    return groupsEnd(rest, Self.groups.dropFirst())
  }

  private func groupsEnd(_ place: Int, _ groups: ArraySlice<ClosedRange<Int>>) -> Int? {
    guard let group = groups.first else { return nil }
    var furthest: Int?
    forEachGroupEnd(place, digits: group) { end in
      // The last group takes no separator.
      if groups.count > 1 {
        furthest = self.furthest(furthest, groupsEnd(end, groups.dropFirst()))
      } else if kind(at: end - 1) == .asciiDigit {
        furthest = end
      }
    }
    return furthest
  }

  /// Calls with each place where a group of digits may end, with or without the separator after it.
  private func forEachGroupEnd(
    _ place: Int, digits: ClosedRange<Int>, _ body: (Int) -> Void
  ) {
    var end = place
    while end < place + digits.upperBound, kind(at: end) == .asciiDigit {
      end += 1
      guard end >= place + digits.lowerBound else { continue }
      body(end)
      if isTelephoneSeparator(at: end) { body(end + 1) }
    }
  }

  func isTelephoneSeparator(at place: Int) -> Bool {
    switch at(place) {
    case Character.space, Character.hyphen, Character.noBreakSpace: true
    default: false
    }
  }

  private func furthest(_ one: Int?, _ other: Int?) -> Int? {
    guard let one, let other else { return one ?? other }
    return max(one, other)
  }
}
