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
    let left = place + 1
    guard at(place) == Character.leftBracket, isEye(at(left)) else { return nil }
    if at(left + 2) == Character.rightBracket { return isEye(at(left + 1)) ? left + 3 : nil }
    guard at(left + 3) == Character.rightBracket else { return nil }
    let right = at(left + 2)
    let isFace =
      switch at(left + 1) {
      case Character.underscore, Character.fullStop: isEye(right)
      // Between hyphens there are no eyes, but this nose allows for a grave accent.
      case Character.hyphen where at(left) != Character.hyphen && right != Character.hyphen:
        isEye(right) || right == Character.graveAccent
      default: false
      }
    return isFace ? left + 4 : nil
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
