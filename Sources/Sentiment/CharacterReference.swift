/// Characters that a text spells out, because a web page, a database or a program wrote it so:
/// `&#39;`, `&#x27;`, `&rsquo;`, `\u2019`.
enum CharacterReference {
  /// The reference that a text begins with, and how many characters of ASCII it takes.
  ///
  /// References that were escaped again, as `&amp;#39;`, are read to their end. Names are those of
  /// HTML 4 (<https://www.w3.org/TR/html4/sgml/entities.html>) that are letters, marks or spaces, in
  /// any case; those of quotation marks and spaces may lack their semicolon, as numbers may.
  static func html(_ text: Substring.UnicodeScalarView) -> (value: UInt32, length: Int)? {
    guard text.first == "&" else { return nil }
    var rest = text.dropFirst()
    // “& #39;”
    let space = rest.starts(with: " #".unicodeScalars) ? 1 : 0
    rest = rest.dropFirst(space)
    guard let outer = body(rest) else { return nil }
    var found = (value: outer.value, length: outer.length + 1 + space)
    rest = rest.dropFirst(outer.length)
    while found.value == ampersand, let inner = body(rest) {
      found = (inner.value, found.length + inner.length)
      rest = rest.dropFirst(inner.length)
    }
    return found
  }

  /// What stands behind the ampersand.
  private static func body(
    _ text: Substring.UnicodeScalarView
  ) -> (value: UInt32, length: Int)? {
    guard text.first != "#" else { return number(text.dropFirst()) }
    let name = text.prefix(longestName).prefix { isDigit($0) || isLetter($0) }
    if text.dropFirst(name.count).first == ";",
      let value = names[String(String.UnicodeScalarView(name)).lowercased()]
    {
      return (value, name.count + 1)
    }
    for (name, value) in unended where text.starts(with: name) {
      let isBeforeNumber = text.dropFirst(name.count).first == "#"
      if isBeforeNumber || value != ampersand { return (value, name.count) }
    }
    return nil
  }

  private static func number(
    _ text: Substring.UnicodeScalarView
  ) -> (value: UInt32, length: Int)? {
    let isHexadecimal = text.first == "x" || text.first == "X"
    // Leading zeros say nothing.
    let digits = text.dropFirst(isHexadecimal ? 1 : 0).prefix(16)
      .prefix { isHexadecimal ? $0.properties.isASCIIHexDigit : isDigit($0) }
    let end = text.dropFirst(digits.count + (isHexadecimal ? 1 : 0)).first
    guard
      let value = UInt32(
        String(String.UnicodeScalarView(digits)), radix: isHexadecimal ? 16 : 10),
      value != 0, Unicode.Scalar(value) != nil
    else { return nil }
    let length = 1 + digits.count + (isHexadecimal ? 1 : 0) + (end == ";" ? 1 : 0)
    return (value, length)
  }

  /// A number whose ampersand was lost, of a quotation mark: `#39;`.
  static func bare(_ text: Substring.UnicodeScalarView) -> (value: UInt32, length: Int)? {
    guard text.first == "#", let found = number(text.dropFirst()),
      quotes.contains(found.value), text.dropFirst(found.length - 1).first == ";"
    else { return nil }
    return found
  }

  /// A character as R writes what it cannot show: `<U+2019>`.
  static func bracketed(_ text: Substring.UnicodeScalarView) -> (value: UInt32, length: Int)? {
    let digits = text.dropFirst(3).prefix(6).prefix(while: \.properties.isASCIIHexDigit)
    guard text.starts(with: "<U+".unicodeScalars), digits.count >= 4,
      text.dropFirst(3 + digits.count).first == ">",
      let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16), value != 0,
      Unicode.Scalar(value) != nil
    else { return nil }
    return (value, digits.count + 4)
  }

  /// The escape of JSON, Python and Java that a text begins with, two where a pair of surrogates is
  /// needed, and its length.
  static func backslash(_ text: Substring.UnicodeScalarView) -> (value: UInt32, length: Int)? {
    for (start, count, end) in escapes where text.starts(with: start) {
      let digits = text.dropFirst(start.count).prefix(count)
        .prefix(while: \.properties.isASCIIHexDigit)
      guard digits.count == count || !end.isEmpty && !digits.isEmpty,
        text.dropFirst(start.count + digits.count).starts(with: end),
        let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16), value >= 0x20,
        Unicode.Scalar(value) != nil
      else { continue }
      return (value, start.count + digits.count + end.count)
    }
    func unit(_ text: Substring.UnicodeScalarView) -> UInt32? {
      let digits = text.dropFirst(2).prefix(4)
      guard text.starts(with: "\\u".unicodeScalars), digits.count == 4,
        digits.allSatisfy(\.properties.isASCIIHexDigit)
      else { return nil }
      return UInt32(String(String.UnicodeScalarView(digits)), radix: 16)
    }
    guard let first = unit(text), first != 0 else { return nil }
    if Unicode.Scalar(first) != nil { return (first, 6) }
    guard (0xD800...0xDBFF).contains(first), let second = unit(text.dropFirst(6)),
      (0xDC00...0xDFFF).contains(second)
    else { return nil }
    return (0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00), 12)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }

  /// Beginning, number of digits at most, end.
  private static let escapes = [("\\x", 2, ""), ("\\U", 8, ""), ("\\u{", 6, "}")].map {
    (Array($0.unicodeScalars), $1, Array($2.unicodeScalars))
  }
  private static let quotes: Set<UInt32> = [
    34, 39, 96, 145, 146, 147, 148, 180, 700, 8216, 8217, 8220, 8221,
  ]
  /// Names that are read without their semicolon, `amp` only before a number.
  private static let unended = [
    ("amp", ampersand), ("apos", 0x27), ("rsquo", 0x2019), ("lsquo", 0x2018), ("quot", 0x22),
    ("ldquo", 0x201C), ("rdquo", 0x201D), ("nbsp", 0xA0), ("hellip", 0x2026),
  ].map { (name: Array($0.unicodeScalars), value: $1) }
  private static let ampersand = UInt32(UInt8(ascii: "&"))
  private static let longestName = names.keys.map(\.count).max() ?? 0

  private static let names: [String: UInt32] = {
    var names: [String: UInt32] = [
      "amp": ampersand, "lt": 0x3C, "gt": 0x3E, "quot": 0x22, "apos": 0x27, "num": 0x23,
      "ensp": 0x2002, "emsp": 0x2003, "thinsp": 0x2009, "zwnj": 0x200C, "zwj": 0x200D,
      "ndash": 0x2013, "mdash": 0x2014, "lsquo": 0x2018, "rsquo": 0x2019, "sbquo": 0x201A,
      "ldquo": 0x201C, "rdquo": 0x201D, "bdquo": 0x201E, "bull": 0x2022, "hellip": 0x2026,
      "prime": 0x2032, "lsaquo": 0x2039, "rsaquo": 0x203A, "euro": 0x20AC, "trade": 0x2122,
      "hearts": 0x2665, "oelig": 0x153, "scaron": 0x161, "newline": 0x0A, "tab": 0x09,
      "rsquor": 0x2019, "grave": 0x60, "zerowidthspace": 0x200B,
      "excl": 0x21, "quest": 0x3F, "comma": 0x2C, "period": 0x2E, "colon": 0x3A, "semi": 0x3B,
      "lpar": 0x28, "rpar": 0x29, "sol": 0x2F, "percnt": 0x25, "dollar": 0x24, "ast": 0x2A,
    ]
    // U+A0 to U+BF, and the letters from U+E0 on: lower-cased, U+C0 to U+DE are the same.
    let symbols = """
      nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn \
      sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest
      """
    let letters = """
      agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute \
      icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml \
      yacute thorn yuml
      """
    for (first, list) in [(UInt32(0xA0), symbols), (0xE0, letters)] {
      for (index, name) in list.split(separator: " ").enumerated() {
        names[String(name)] = first + UInt32(index)
      }
    }
    names["szlig"] = 0xDF
    names["times"] = 0xD7
    return names
  }()
}
