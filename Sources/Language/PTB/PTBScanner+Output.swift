/// Writing tokens.
extension PTBScanner {
  mutating func perform(_ action: Action, on range: Range<Int>) {
    let start = output.count
    switch action {
    case .skip: return
    case .drop: break
    case .keep: write(range)
    case .keepWithoutSoftHyphens: writeWithoutSoftHyphens(range)
    case .keepSpellingBrackets: write(range, spellsBrackets: true)
    case .keepDecodingAmpersands: write(range, decodesAmpersands: true)
    case .cut(let place):
      write(range.lowerBound..<place)
      output.append(UInt8(ascii: " "))
      write(place..<range.upperBound)
    case .replace(let token): write(token)
    case .writeQuotationMarks(let first, let second):
      output.append(contentsOf: first.rawValue.utf8)
      output.append(contentsOf: second.rawValue.utf8)
    case .writeApostrophe(let apostrophe, let character):
      write(range.lowerBound..<apostrophe.lowerBound)
      output.append(character)
      write(apostrophe.upperBound..<range.upperBound)
    }
    endsInPunctuation = output.count == start
    if !endsInPunctuation { output.append(UInt8(ascii: " ")) }
  }

  /// Writes a word without its soft hyphens; nothing if no more than a full stop is left.
  private mutating func writeWithoutSoftHyphens(_ range: Range<Int>) {
    let start = output.count
    var part = range.lowerBound
    while part < range.upperBound {
      let end = text[part..<range.upperBound].firstIndex(of: Character.softHyphen)
      write(part..<(end ?? range.upperBound))
      part = (end ?? range.upperBound) + 1
    }
    if output.count == start + 1, output.last == UInt8(ascii: ".") { output.removeLast() }
  }

  /// Writes characters in small letters, with no-break spaces for spaces.
  private mutating func write(
    _ range: Range<Int>, spellsBrackets: Bool = false, decodesAmpersands: Bool = false
  ) {
    var place = range.lowerBound
    while place < range.upperBound {
      let character = text[place]
      place += 1
      switch character {
      case Character.space: write(scalar: Character.noBreakSpace)
      case Character.leftBracket where spellsBrackets: write("-lrb-")
      case Character.rightBracket where spellsBrackets: write("-rrb-")
      case Character.ampersand where decodesAmpersands:
        output.append(UInt8(ascii: "&"))
        if hasPrefix("amp;", at: place) { place += 4 }
      case 0..<0x80: output.append(UInt8(small(character)))
      case AccentedLetter.first...: write(AccentedLetter.entity(of: character))
      default: write(small: character, at: place - 1, in: range)
      }
    }
  }

  private mutating func write(_ text: String) { output.append(contentsOf: text.utf8) }

  private mutating func write(_ token: StaticString) {
    token.withUTF8Buffer { output.append(contentsOf: $0) }
  }

  private mutating func write(small character: UInt32, at place: Int, in token: Range<Int>) {
    guard let scalar = Unicode.Scalar(character) else { return }
    // Java, which the reference is written in, knows of the sigma that ends a word.
    if character == 0x3A3, endsWord(at: place, in: token) {
      write(scalar: 0x3C2)
    } else {
      output.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
    }
  }

  /// Whether a letter that has case stands before a place in its part of a token, and none after it.
  private func endsWord(at place: Int, in token: Range<Int>) -> Bool {
    // A sign between letters keeps them together.
    func closesPart(_ place: Int) -> Bool {
      if isLetter(place) || kind(at: place) == .mark || kind(at: place).isDigit { return false }
      let isMark = [Character.exclamationMark, Character.questionMark, Character.atSign]
        .contains(text[place])
      return isMark || !isLetter(place - 1) || !isLetter(place + 1)
    }
    func isLetter(_ place: Int) -> Bool {
      token.contains(place) && [.asciiLetter, .letter].contains(kind(at: place))
    }
    func hasCase(_ place: Int) -> Bool {
      switch Unicode.Scalar(text[place])?.properties.generalCategory {
      case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter: true
      default: false
      }
    }
    return (token.lowerBound..<place).reversed().lazy.prefix { !closesPart($0) }.contains(
      where: hasCase)
      && !(place + 1..<token.upperBound).lazy.prefix { !closesPart($0) }.contains(where: hasCase)
  }

  private mutating func write(scalar value: UInt32) {
    guard let scalar = Unicode.Scalar(value) else { return }
    output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }

  /// The tokens written, without the white space that Python's `rstrip` takes off the line's end.
  mutating func trimmedOutput() -> String {
    if output.last == UInt8(ascii: " ") { output.removeLast() }
    var tokens = String(decoding: output, as: UTF8.self)
    if !endsInPunctuation {
      while let last = tokens.unicodeScalars.last, Self.isStripped(last) {
        tokens.unicodeScalars.removeLast()
      }
    }
    return tokens
  }

  private static func isStripped(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
  }
}
