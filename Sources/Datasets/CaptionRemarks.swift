/// What is remarkable in the characters of a caption.
///
/// - Returns: at most one remark of each kind.
func remarks(on caption: String) -> [(kind: DatasetProblem.Kind, detail: String)] {
  // Nearly all captions have none of these bytes; those from 0xC2 on begin other characters.
  let isPlain = caption.utf8.allSatisfy {
    (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "|")
  }
  if isPlain { return [] }
  var found: [(kind: DatasetProblem.Kind, detail: String)] = []
  func add(_ kind: DatasetProblem.Kind, _ detail: String) {
    if !found.contains(where: { $0.kind == kind }) { found.append((kind, detail)) }
  }
  let scalars = caption.unicodeScalars
  let content = scalars.reversed().drop { $0.properties.isWhitespace }.count
  for (index, scalar) in scalars.enumerated() {
    let isInside = index < content
    if isLineEnd(scalar) {
      add(.lineSeparator, "\(codePoint(scalar)) \(isInside ? "in the middle" : "at the end")")
    } else if scalar == "\t" || scalar == "|" {
      add(.straySeparator, scalar == "|" ? "“|”" : "a tab")
    } else if scalar.properties.generalCategory == .control {
      add(.controlCharacter, codePoint(scalar))
    }
  }
  return found
}

/// A caption in quotes, as much of it as a sentence can hold. The store would end it at a zero byte, in
/// whose place there is a sign.
func quoted(_ caption: String) -> String {
  let limit = 80
  let caption = caption.replacing("\0", with: "\u{2400}")
  let scalars = caption.unicodeScalars
  guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
    end < scalars.endIndex
  else { return "“\(caption)”" }
  return "“\(String(scalars[..<end]))…”"
}

/// As Python's `str.splitlines` has it, by which evaluation scripts part lists of captions.
private func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar {
  case "\n", "\r", "\u{B}", "\u{C}", "\u{1C}", "\u{1D}", "\u{1E}", "\u{85}", "\u{2028}",
    "\u{2029}":
    true
  default: false
  }
}

/// As in U+2028.
private func codePoint(_ scalar: Unicode.Scalar) -> String {
  let digits = String(scalar.value, radix: 16, uppercase: true)
  return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}
