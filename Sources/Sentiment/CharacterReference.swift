/// Characters that a text spells out, because a web page, a database or a program wrote it so:
/// `&#39;`, `&#x27;`, `&rsquo;`, `\u2019`.
enum CharacterReference {
  /// The reference that a text begins with, and how many characters of ASCII it takes.
  ///
  /// References that were escaped again, as `&amp;#39;`, are read to their end. Names are those of
  /// HTML 4 (<https://www.w3.org/TR/html4/sgml/entities.html>) that are letters, marks or spaces, in
  /// any case, and need their semicolon, as hexadecimal numbers do.
  static func html(_ text: Substring.UnicodeScalarView) -> (value: UInt32, length: Int)? {
    guard text.first == "&" else { return nil }
    var rest = text.dropFirst()
    guard let outer = body(rest) else { return nil }
    var found = (value: outer.value, length: outer.length + 1)
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
    guard !name.isEmpty, text.dropFirst(name.count).first == ";",
      let value = names[String(String.UnicodeScalarView(name)).lowercased()]
    else { return nil }
    return (value, name.count + 1)
  }

  private static func number(
    _ text: Substring.UnicodeScalarView
  ) -> (value: UInt32, length: Int)? {
    let isHexadecimal = text.first == "x" || text.first == "X"
    let digits = text.dropFirst(isHexadecimal ? 1 : 0).prefix(7)
      .prefix { isHexadecimal ? $0.properties.isASCIIHexDigit : isDigit($0) }
    let end = text.dropFirst(digits.count + (isHexadecimal ? 1 : 0)).first
    guard end == ";" || !isHexadecimal,
      let value = UInt32(
        String(String.UnicodeScalarView(digits)), radix: isHexadecimal ? 16 : 10),
      value != 0, Unicode.Scalar(value) != nil
    else { return nil }
    let length = 1 + digits.count + (isHexadecimal ? 1 : 0) + (end == ";" ? 1 : 0)
    return (value, length)
  }

  /// The escape of JSON, Python and Java that a text begins with, two where a pair of surrogates is
  /// needed, and its length.
  static func backslash(_ text: Substring.UnicodeScalarView) -> (value: UInt32, length: Int)? {
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
