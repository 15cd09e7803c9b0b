/// Finds words as Python does, on whose two ways of splitting the field's scores depend.
enum WordScanner {
  /// Calls `word` with the bytes of each word of `str.split()`, which any Unicode white space ends,
  /// the no-break space that the PTB tokenizer puts into “1 1/2” included.
  ///
  /// - Returns: whether `str.split(" ")` gives the same words.
  static func scan(
    _ text: UnsafeBufferPointer<UInt8>, word: (Slice<UnsafeBufferPointer<UInt8>>) -> Void
  )
    -> Bool
  {
    var isPlain = true
    var start = 0
    var position = 0
    while position < text.count {
      let length = whitespaceLength(text, position)
      guard length > 0 else {
        position += 1
        continue
      }
      if position > start {
        word(text[start..<position])
      } else {
        isPlain = false
      }
      if text[position] != space { isPlain = false }
      position += length
      start = position
    }
    if position > start {
      word(text[start..<position])
    } else {
      isPlain = false
    }
    return isPlain
  }

  /// Calls `piece` with the bytes of each word of `str.split(" ")`: no text has one empty word, and
  /// there is another one between two spaces.
  static func scanPieces(
    _ text: UnsafeBufferPointer<UInt8>, piece: (Slice<UnsafeBufferPointer<UInt8>>) -> Void
  ) {
    var start = 0
    for position in 0..<text.count where text[position] == space {
      piece(text[start..<position])
      start = position + 1
    }
    piece(text[start...])
  }

  private static let space = UInt8(ascii: " ")

  /// How many bytes the white space at a position has; 0 where there is none. It is what Python's
  /// `str.isspace` holds for white space, in UTF-8.
  private static func whitespaceLength(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int {
    let first = text[position]
    if first < 0x80 {
      return first == space || (0x09...0x0D).contains(first) || (0x1C...0x1F).contains(first)
        ? 1 : 0
    }
    // No other lead byte begins one.
    guard first == 0xC2 || (0xE1...0xE3).contains(first), position + 1 < text.count else {
      return 0
    }
    let second = text[position + 1]
    if first == 0xC2 { return second == 0x85 || second == 0xA0 ? 2 : 0 }
    guard position + 2 < text.count else { return 0 }
    let third = text[position + 2]
    switch (first, second) {
    case (0xE1, 0x9A): return third == 0x80 ? 3 : 0
    case (0xE2, 0x80): return third <= 0x8A || [0xA8, 0xA9, 0xAF].contains(third) ? 3 : 0
    case (0xE2, 0x81): return third == 0x9F ? 3 : 0
    case (0xE3, 0x80): return third == 0x80 ? 3 : 0
    default: return 0
    }
  }
}
