/// Tokens that begin with a digit.
extension PTBScanner {
  mutating func numeral(at place: Int) -> Match {
    var match = Match.none
    match.consider(numberEnd(at: place), .keepWithoutSoftHyphens)
    match.consider(mixedFractionEnd(at: place))
    match.consider(dateEnd(at: place))
    match.consider(telephoneNumberEnd(at: place), .keepSpellingBrackets)
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
      return kind(at: place + 1).isDigit ? digitsEnd(place + 1) : nil
    default: return nil
    }
  }

  /// Digits, with a soft hyphen before any of them.
  private func digitsEnd(_ place: Int) -> Int {
    var end = place
    while true {
      let digit = kind(at: end) == .softHyphen ? end + 1 : end
      guard kind(at: digit).isDigit else { return end }
      end = digit + 1
    }
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
    switch at(whole) {
    case Character.space, Character.hyphen, Character.noBreakSpace: return fractionEnd(whole + 1)
    default: return nil
    }
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
}
