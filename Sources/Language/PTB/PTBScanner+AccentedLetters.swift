/// Entities such as `&eacute;`, which are parts of words as they stand.
extension PTBScanner {
  /// Codes beyond Unicode's, each for a letter written as an entity.
  enum AccentedLetter {
    static let first: UInt32 = 0x110000

    private static let letters = ["a", "e", "i", "o", "u"]
    private static let accents = ["acute", "grave", "uml"]

    /// The code of an entity, by the name between its ampersand and its semicolon.
    static let codes: [PTBWord: UInt32] = {
      var codes: [PTBWord: UInt32] = [:]
      for letter in letters {
        for accent in accents { codes[PTBWord(letter + accent)] = first + UInt32(codes.count) }
      }
      return codes
    }()

    /// An entity in small letters.
    static func entity(of code: UInt32) -> String {
      let (letter, accent) = Int(code - first).quotientAndRemainder(dividingBy: accents.count)
      return "&\(letters[letter])\(accents[accent]);"
    }
  }

  /// Puts one code in the place of each such entity.
  mutating func foldAccentedLetters() {
    guard var next = text.firstIndex(of: Character.ampersand) else { return }
    var kept = next
    while next < text.count {
      var character = text[next]
      var end = next + 1
      if character == Character.ampersand {
        while end - next <= 6, isASCIILetter(at: end) { end += 1 }
        if at(end) == Character.semicolon,
          let code = AccentedLetter.codes[PTBWord(text[next + 1..<end])]
        {
          character = code
          end += 1
        } else {
          end = next + 1
        }
      }
      text[kept] = character
      kept += 1
      next = end
    }
    text.removeLast(text.count - kept)
  }
}
