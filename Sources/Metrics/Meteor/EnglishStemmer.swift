/// Reduces English words to stems, so that “riding” and “rides” are alike: the Snowball project's
/// English stemmer, also called Porter2 (Porter 2001, snowballstem.org/algorithms/english), as it
/// was until version 2.2.
package struct EnglishStemmer {
  private var letters: [Unicode.Scalar]
  /// Where the two regions begin that endings must lie in to be taken off.
  private var firstRegion = 0
  private var secondRegion = 0

  /// The stem of a lower-cased word.
  package static func stem(_ word: String) -> String {
    if let form = irregular[word] { return form }
    guard word.unicodeScalars.count > 2 else { return word }
    var stemmer = EnglishStemmer(word)
    stemmer.removePossessive()
    stemmer.removePlural()
    if !finished.contains(stemmer.text) {
      stemmer.removeInflection()
      stemmer.replaceFinalY()
      stemmer.shortenDoubleSuffix()
      stemmer.shortenSuffix()
      stemmer.removeSuffix()
      stemmer.removeFinalLetter()
    }
    return stemmer.text.replacing("Y", with: "y")
  }

  private var text: String { String(String.UnicodeScalarView(letters)) }

  /// A y that is a consonant is written as a capital letter meanwhile.
  private init(_ word: String) {
    letters = Array(word.unicodeScalars)
    if letters.first == "'" { letters.removeFirst() }
    for index in letters.indices where letters[index] == "y" {
      if index == 0 || Self.vowels.contains(letters[index - 1]) { letters[index] = "Y" }
    }
    let prefix = Self.prefixes.first { letters.starts(with: $0.unicodeScalars) }
    firstRegion = prefix.map(\.count) ?? region(after: 0)
    secondRegion = region(after: firstRegion)
  }

  /// Where the part begins that follows the first consonant after a vowel.
  private func region(after start: Int) -> Int {
    var index = start
    while index < letters.count, !isVowel(index) { index += 1 }
    while index < letters.count, isVowel(index) { index += 1 }
    return min(index + 1, letters.count)
  }

  private func isVowel(_ index: Int) -> Bool { Self.vowels.contains(letters[index]) }

  private func hasVowel(before end: Int) -> Bool {
    letters[..<max(0, end)].contains(where: Self.vowels.contains)
  }

  private func ends(with suffix: String) -> Bool { ends(at: letters.count, with: suffix) }

  private func ends(at end: Int, with suffix: String) -> Bool {
    letters[..<end].suffix(suffix.unicodeScalars.count).elementsEqual(suffix.unicodeScalars)
  }

  /// Whether the part before `end` ends in a vowel between consonants, of which the second is none
  /// of w, x and Y, or is a vowel and a consonant only.
  private func endsInShortSyllable(at end: Int) -> Bool {
    guard end >= 2, !isVowel(end - 1), isVowel(end - 2) else { return false }
    if end == 2 { return true }
    return !isVowel(end - 3) && !["w", "x", "Y"].contains(letters[end - 1])
  }

  private mutating func replace(_ suffix: String, with replacement: String) {
    letters.removeLast(suffix.unicodeScalars.count)
    letters += replacement.unicodeScalars
  }

  /// The longest of some suffixes that the word ends in.
  private func longest(of suffixes: [String]) -> String? {
    suffixes.filter(ends).max { $0.count < $1.count }
  }

  /// Step 0.
  private mutating func removePossessive() {
    if let suffix = longest(of: ["'", "'s", "'s'"]) { replace(suffix, with: "") }
  }

  /// Step 1a.
  private mutating func removePlural() {
    guard let suffix = longest(of: ["sses", "ied", "ies", "us", "ss", "s"]) else { return }
    switch suffix {
    case "sses": replace(suffix, with: "ss")
    case "ied", "ies": replace(suffix, with: letters.count > 4 ? "i" : "ie")
    case "s" where hasVowel(before: letters.count - 2): replace(suffix, with: "")
    default: break
    }
  }

  /// Step 1b.
  private mutating func removeInflection() {
    guard let suffix = longest(of: ["eed", "eedly", "ed", "edly", "ing", "ingly"]) else { return }
    let rest = letters.count - suffix.count
    if suffix.hasPrefix("eed") {
      if rest >= firstRegion { replace(suffix, with: "ee") }
      return
    }
    guard hasVowel(before: rest) else { return }
    replace(suffix, with: "")
    if ["at", "bl", "iz"].contains(where: ends) {
      letters.append("e")
    } else if Self.doubles.contains(where: ends) {
      letters.removeLast()
    } else if letters.count <= firstRegion, endsInShortSyllable(at: letters.count) {
      letters.append("e")
    }
  }

  /// Step 1c.
  private mutating func replaceFinalY() {
    guard letters.count > 2, ["y", "Y"].contains(letters[letters.count - 1]),
      !isVowel(letters.count - 2)
    else { return }
    letters[letters.count - 1] = "i"
  }

  /// Step 2.
  private mutating func shortenDoubleSuffix() {
    guard let suffix = longest(of: Array(Self.doubleSuffixes.keys)),
      let replacement = Self.doubleSuffixes[suffix]
    else { return }
    let rest = letters.count - suffix.count
    guard rest >= firstRegion else { return }
    switch suffix {
    case "ogi" where !ends(at: rest, with: "l"): break
    case "li" where rest == 0 || !Self.beforeLi.contains(letters[rest - 1]): break
    default: replace(suffix, with: replacement)
    }
  }

  /// Step 3.
  private mutating func shortenSuffix() {
    guard let suffix = longest(of: Array(Self.suffixes.keys)),
      let replacement = Self.suffixes[suffix]
    else { return }
    let rest = letters.count - suffix.count
    guard rest >= (suffix == "ative" ? secondRegion : firstRegion) else { return }
    replace(suffix, with: replacement)
  }

  /// Step 4.
  private mutating func removeSuffix() {
    guard let suffix = longest(of: Self.removable) else { return }
    let rest = letters.count - suffix.count
    guard rest >= secondRegion else { return }
    if suffix == "ion", !ends(at: rest, with: "s"), !ends(at: rest, with: "t") { return }
    replace(suffix, with: "")
  }

  /// Step 5.
  private mutating func removeFinalLetter() {
    let rest = letters.count - 1
    if ends(with: "e") {
      guard rest >= secondRegion || (rest >= firstRegion && !endsInShortSyllable(at: rest)) else {
        return
      }
      letters.removeLast()
    } else if ends(with: "ll"), rest >= secondRegion {
      letters.removeLast()
    }
  }

  private static let vowels: Set<Unicode.Scalar> = ["a", "e", "i", "o", "u", "y"]

  private static let doubles = ["bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt"]

  /// Beginnings that are no part of the first region.
  private static let prefixes = ["gener", "commun", "arsen"]

  private static let beforeLi: Set<Unicode.Scalar> = [
    "c", "d", "e", "g", "h", "k", "m", "n", "r", "t",
  ]

  private static let doubleSuffixes = [
    "tional": "tion", "enci": "ence", "anci": "ance", "abli": "able", "entli": "ent",
    "izer": "ize", "ization": "ize", "ational": "ate", "ation": "ate", "ator": "ate",
    "alism": "al", "aliti": "al", "alli": "al", "fulness": "ful", "ousli": "ous",
    "ousness": "ous", "iveness": "ive", "iviti": "ive", "biliti": "ble", "bli": "ble",
    "ogi": "og", "fulli": "ful", "lessli": "less", "li": "",
  ]

  private static let suffixes = [
    "tional": "tion", "ational": "ate", "alize": "al", "icate": "ic", "iciti": "ic", "ical": "ic",
    "ful": "", "ness": "", "ative": "",
  ]

  private static let removable = [
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ism", "ate",
    "iti", "ous", "ive", "ize", "ion",
  ]

  /// Words that the rules would spoil.
  private static let irregular = [
    "skis": "ski", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "idly": "idl",
    "gently": "gentl", "ugly": "ugli", "early": "earli", "only": "onli", "singly": "singl",
    "sky": "sky", "news": "news", "howe": "howe", "atlas": "atlas", "cosmos": "cosmos",
    "bias": "bias", "andes": "andes",
  ]

  /// Words that stay as they are once their plural is off.
  private static let finished: Set<String> = [
    "inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed",
  ]
}
