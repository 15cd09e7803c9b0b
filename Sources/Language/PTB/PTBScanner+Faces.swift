/// Emoticons.
extension PTBScanner {
  func findFace(at place: Int, _ match: inout Match) {
    match.consider(uprightFaceEnd(at: place), .keepSpellingBrackets)
    if let end = sidewaysFaceEnd(at: place), end < text.count,
      !kind(at: end).isASCIIAlphanumeric
    {
      match.consider(end, reading: end + 1, .keepSpellingBrackets)
    }
  }

  /// `:-)`: perhaps a hat, eyes, perhaps a nose, a mouth.
  private func sidewaysFaceEnd(at place: Int) -> Int? {
    var eyes = place
    if at(eyes) == Character.less || at(eyes) == Character.greater { eyes += 1 }
    switch at(eyes) {
    case Character.colon, Character.semicolon, Character.equals: break
    default: return nil
    }
    if isMouth(at(eyes + 2)) {
      switch at(eyes + 1) {
      // “o” and those that may be a nose.
      case Character.apostrophe, Character.asterisk, Character.hyphen, 0x6F: return eyes + 3
      default: break
      }
    }
    return isMouth(at(eyes + 1)) ? eyes + 2 : nil
  }

  private func isMouth(_ character: UInt32) -> Bool {
    switch character {
    case Character.leftBracket, Character.rightBracket, Character.atSign, Character.verticalBar:
      true
    // “D”, “O”, “P”, “[”, “\”, “]”, “d”, “p”, “{”.
    case 0x44, 0x4F, 0x50, 0x5B...0x5D, 0x64, 0x70, 0x7B: true
    default: false
    }
  }

  /// `^_^`, `(-.-)`: two eyes.
  private func uprightFaceEnd(at place: Int) -> Int? {
    if isEye(at(place)), at(place + 1) == Character.underscore, isEye(at(place + 2)) {
      return place + 3
    }
    guard at(place) == Character.leftBracket, isEye(at(place + 1)) else { return nil }
    let hasNose = at(place + 2) == Character.underscore || at(place + 2) == Character.fullStop
    let eye = hasNose ? place + 3 : place + 2
    return isEye(at(eye)) && at(eye + 1) == Character.rightBracket ? eye + 2 : nil
  }

  private func isEye(_ character: UInt32) -> Bool {
    switch character {
    case Character.apostrophe, Character.hyphen, Character.less, Character.equals,
      Character.greater:
      true
    // “^”, “x”, “~”.
    case 0x5E, 0x78, 0x7E: true
    default: false
    }
  }
}
