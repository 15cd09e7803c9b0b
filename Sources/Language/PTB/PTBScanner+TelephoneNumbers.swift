/// Groups of ASCII digits that look like a telephone number: `(555) 555-1212`, `+49 30 123 4567`.
extension PTBScanner {
  /// - Parameter place: a digit, a plus or a left bracket.
  func telephoneNumberEnd(at place: Int) -> Int? {
    if at(place) == Character.leftBracket { return bracketedAreaEnd(at: place).flatMap(localEnd) }
    var digits = place
    while digits < place + 2, at(digits) == Character.plus { digits += 1 }
    guard let areaOrCountry = areaEnd(at: digits) else { return nil }
    let international = areaEnd(at: areaOrCountry).flatMap(localEnd)
    return [international, localEnd(at: areaOrCountry)].compactMap(\.self).max()
  }

  /// The end of an area code in brackets, and of the space after it.
  private func bracketedAreaEnd(at place: Int) -> Int? {
    let bracket = end(from: place + 1) { $0 == .asciiDigit }
    guard (2...3).contains(bracket - place - 1), at(bracket) == Character.rightBracket else {
      return nil
    }
    let isSpaced = isSeparator(at: bracket + 1) && at(bracket + 1) != Character.hyphen
    return isSpaced ? bracket + 2 : bracket + 1
  }

  /// The end of an area code or a country code, and of the separator after it.
  private func areaEnd(at place: Int) -> Int? {
    let end = end(from: place) { $0 == .asciiDigit }
    return (2...4).contains(end - place) && isSeparator(at: end) ? end + 1 : nil
  }

  /// The end of three or four digits, perhaps a separator, and three to five digits.
  private func localEnd(at place: Int) -> Int? {
    var furthest: Int?
    for exchange in 3...4 where digitCount(at: place, upTo: exchange) == exchange {
      for start in [place + exchange, place + exchange + 1] {
        if start > place + exchange, !isSeparator(at: start - 1) { continue }
        let count = digitCount(at: start, upTo: 5)
        if count >= 3 { furthest = max(furthest ?? 0, start + count) }
      }
    }
    return furthest
  }

  private func digitCount(at place: Int, upTo limit: Int) -> Int {
    var count = 0
    while count < limit, kind(at: place + count) == .asciiDigit { count += 1 }
    return count
  }

  private func isSeparator(at place: Int) -> Bool {
    switch at(place) {
    case Character.space, Character.hyphen, Character.noBreakSpace: true
    default: false
    }
  }
}
