/// Tokens that begin with a digit.
extension PTBScanner {
  mutating func numeral(at place: Int) -> Match {
    var match = Match.none
    match.consider(numberEnd(at: place))
    match.consider(mixedFractionEnd(at: place))
    match.consider(dateEnd(at: place))
    match.consider(telephoneNumberEnd(at: place), .keepSpellingBrackets)
    match.consider(versionEnd(at: place))
    match.consider(slashWordEnd(at: place))
    findHyphenatedList(at: place, &match)
    match.consider(emailEnd(at: place))
    match.consider(hostEnd(at: place))
    findHyphenated(at: place, &match)
    findFileName(at: place, &match)
    return match
  }

  /// `1,000.50`, `.5`, `-3`, `10:30`.
  func numberEnd(at place: Int) -> Int? {
    let signed = at(place) == Character.plus || at(place) == Character.hyphen
    let digits = signed ? place + 1 : place
    var end = digitsEnd(digits)
    while let next = fractionalPartEnd(end) { end = next }
    return end > digits ? end : nil
  }

  private func fractionalPartEnd(_ place: Int) -> Int? {
    switch at(place) {
    case Character.fullStop, Character.comma, Character.colon, 0x066B, 0x066C:
      let end = digitsEnd(place + 1)
      return end > place + 1 ? end : nil
    default: return nil
    }
  }

  /// Digits, with soft hyphens between them.
  private func digitsEnd(_ place: Int) -> Int {
    var end = end(from: place) { $0.isDigit }
    while end > place, kind(at: end) == .softHyphen, kind(at: end + 1).isDigit {
      end = self.end(from: end + 1) { $0.isDigit }
    }
    return end
  }

  /// `1/2`, and `1 1/2` or `1-1/2` as one token.
  private func mixedFractionEnd(at place: Int) -> Int? {
    func fractionEnd(_ place: Int) -> Int? {
      let slash = numeralEnd(place, upTo: 4)
      let length = at(slash) == Character.fractionSlash ? 1 : slashLength(at: slash)
      let end = numeralEnd(slash + length, upTo: 4)
      return slash > place && length > 0 && end > slash + length ? end : nil
    }
    if let end = fractionEnd(place) { return end }
    let whole = numeralEnd(place, upTo: 4)
    guard isTelephoneSeparator(at: whole) else { return nil }
    return fractionEnd(whole + 1)
  }

  /// `11/22/2003`.
  private func dateEnd(at place: Int) -> Int? {
    func separatorEnd(_ place: Int) -> Int? {
      let end = numeralEnd(place, upTo: 2)
      let length = at(end) == Character.hyphen ? 1 : slashLength(at: end)
      return end > place && length > 0 ? end + length : nil
    }
    guard let month = separatorEnd(place), let year = separatorEnd(month) else { return nil }
    let end = numeralEnd(year, upTo: 4)
    return end >= year + 2 ? end : nil
  }

  private func numeralEnd(_ place: Int, upTo count: Int) -> Int {
    var end = place
    while end < place + count, kind(at: end).isDigit { end += 1 }
    return end
  }

  /// `8.x`.
  private func versionEnd(at place: Int) -> Int? {
    let stop = end(from: place) { $0.isDigit }
    return hasPrefix(".x", at: stop) ? stop + 2 : nil
  }
}
