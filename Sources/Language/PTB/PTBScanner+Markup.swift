/// Tags and entities.
extension PTBScanner {
  /// `<b>`, `</b>`, `<a href="x y">`, `<!-- a -->`.
  mutating func tagEnd(at place: Int) -> Int? {
    guard at(place) == Character.less else { return nil }
    switch at(place + 1) {
    case Character.slash:
      guard isASCIILetter(at: place + 2) else { return nil }
      let end = skippingSpaces(nameEnd(at: place + 2))
      return at(end) == Character.greater ? end + 1 : nil
    case Character.exclamationMark, Character.questionMark:
      guard isASCIILetter(at: place + 2) || at(place + 2) == Character.hyphen else { return nil }
      return next(Character.greater, from: place).map { $0 + 1 }
    default: return isASCIILetter(at: place + 1) ? elementEnd(at: place) : nil
    }
  }

  /// The end of a tag with attributes; their values are in quotation marks, if they have any.
  private mutating func elementEnd(at place: Int) -> Int? {
    var attributeEnd = nameEnd(at: place + 1)
    // A tag that is none is remembered by its attributes: another that comes upon one of them
    // would go the same way.
    var attributes: [Int] = []
    while true {
      let next = skippingSpaces(attributeEnd)
      let closing = at(next) == Character.slash ? skippingSpaces(next + 1) : next
      if at(closing) == Character.greater { return closing + 1 }
      guard next > attributeEnd, isASCIILetter(at: next),
        !lookahead.deadEnds.contains(next)
      else { break }
      attributes.append(next)
      attributeEnd = nameEnd(at: next)
      let equals = skippingSpaces(attributeEnd)
      if at(equals) == Character.equals {
        guard let value = valueEnd(at: skippingSpaces(equals + 1)) else { break }
        attributeEnd = value
      }
    }
    lookahead.deadEnds.formUnion(attributes)
    return nil
  }

  private func nameEnd(at place: Int) -> Int {
    var end = place
    while true {
      switch at(end) {
      case Character.hyphen, Character.fullStop, Character.colon, Character.underscore: break
      default: if !kind(at: end).isASCIIAlphanumeric { return end }
      }
      end += 1
    }
  }

  private mutating func valueEnd(at place: Int) -> Int? {
    let mark = at(place)
    guard mark == Character.quotationMark || mark == Character.apostrophe else { return nil }
    return next(mark, from: place + 1).map { $0 + 1 }
  }

  /// The first place of a character from a place on: in the caption, or in what follows it if that
  /// is where the place is.
  private mutating func next(_ character: UInt32, from place: Int) -> Int? {
    place < end
      ? lookahead.next(character, from: place, in: text[..<end])
      : text[min(place, text.count)...].firstIndex(of: character)
  }

  private func skippingSpaces(_ place: Int) -> Int {
    var place = place
    while at(place) == Character.space { place += 1 }
    return place
  }

  // MARK: - Entities

  mutating func findEntity(at place: Int, _ match: inout Match) {
    match.consider(emailEnd(at: place))
    if at(place + 1) == Character.numberSign {
      let end = end(from: place + 2) { $0 == .asciiDigit }
      match.consider(end > place + 2 && at(end) == Character.semicolon ? end + 1 : nil)
      return
    }
    var end = place + 1
    while end - place <= PTBWord.longest, isASCIILetter(at: end) { end += 1 }
    guard at(end) == Character.semicolon else { return }
    let name = PTBWord(text[place + 1..<end])
    switch name {
    // Only in small letters are these two what they stand for.
    case Self.apostropheEntity where isASCIISmall(place + 1..<end):
      findApostrophe(at: place, &match)
      match.consider(end + 1, .drop)
    case Self.quotationMarkEntity where isASCIISmall(place + 1..<end):
      match.consider(end + 1, .drop)
    default:
      if let action = Self.entities[name] { match.consider(end + 1, action) }
    }
  }

  private func isASCIISmall(_ letters: Range<Int>) -> Bool {
    !letters.contains(where: isCapital)
  }

  private static let apostropheEntity = PTBWord("apos")
  private static let quotationMarkEntity = PTBWord("quot")

  /// What becomes of an entity, whatever the case of its letters. Others are no entities.
  private static let entities: [PTBWord: Action] = {
    var entities: [PTBWord: Action] = [
      PTBWord("amp"): .replace("&"), PTBWord("lt"): .replace("<"), PTBWord("gt"): .replace(">"),
      PTBWord("nbsp"): .skip, PTBWord("md"): .drop, PTBWord("mdash"): .drop,
      PTBWord("ndash"): .drop,
    ]
    let kept = """
      apos quot ht tl ur lr qc ql qr odq cdq
      """
    for name in kept.split(separator: " ") { entities[PTBWord(name)] = .keep }
    return entities
  }()
}
