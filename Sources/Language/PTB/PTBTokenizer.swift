/// The tokenizer of the COCO caption evaluation, to the letter: what `pycocoevalcap` 1.2 hands to its
/// metrics, which is the Penn Treebank's way to cut English into words, in small letters, without
/// punctuation. Written from observations of the reference as a black box.
///
/// Known to differ: a Greek sigma in capitals that ends a word within a longer token, letters that
/// Unicode got after version 13 in an address, and a tag whose attribute's quotation mark is closed
/// in a later caption.
///
/// Three things about a caption's tokens that are easily overlooked:
/// - Brackets stay, as `-lrb-`, `-rrb-`, `-lsb-`, `-rsb-`, `-lcb-` and `-rcb-`.
/// - A mixed fraction (`1 1/2`), a spaced telephone number and a tag with attributes are one token
///   each, with no-break spaces (U+00A0) inside.
/// - What no rule knows, such as emoji, is left out.
public struct PTBTokenizer: Sendable {
  public init() {}

  /// The tokens of a caption, joined by one space; nothing for a caption without any.
  ///
  /// Characters that end a line are read as spaces. The reference reads a line feed so too, but takes
  /// the others for the end of the caption, and gives all later captions the wrong tokens.
  public func tokenize(_ caption: String) -> String {
    var scanner = PTBScanner()
    return scanner.tokens(of: caption, before: [PTBScanner.Character.newline])
  }

  /// The tokens of captions in the order in which the reference reads them.
  ///
  /// That order matters to a caption that ends in a single letter or in “no.”: the letter keeps its
  /// full stop (`c.`) unless the next caption opens with a word such as “The”, and “no.” keeps it
  /// where the next caption opens with a digit. In all other cases this is the same as tokenizing
  /// the captions one by one.
  public func tokenize(_ captions: [String]) -> [String] {
    var scanner = PTBScanner()
    return captions.indices.map { index in
      scanner.tokens(of: captions[index], before: Self.opening(of: captions[(index + 1)...]))
    }
  }

  /// Whether a caption holds a character that ends a line for the reference, a line feed aside.
  public static func containsLineSeparator(_ caption: String) -> Bool {
    caption.unicodeScalars.contains { $0 != "\n" && isLineSeparator($0.value) }
  }

  /// Whether a character ends a line for the reference.
  static func isLineSeparator(_ character: UInt32) -> Bool {
    switch character {
    case 0x0A...0x0D, 0x2028, 0x2029: true
    default: false
    }
  }

  /// As much of the captions that follow one as its tokens may depend on: the end of its line,
  /// whether more white space follows, and the word or the digit after that.
  private static func opening(of captions: ArraySlice<String>) -> [UInt32] {
    var opening: [UInt32] = []
    for caption in captions {
      if opening.count < 2 || !opening.allSatisfy(isSpaceOrNewline) {
        opening.append(PTBScanner.Character.newline)
      }
      for scalar in caption.unicodeScalars {
        let isSpace = isLineSeparator(scalar.value) || PTBCharacterKind.of(scalar.value) == .space
        // A second space in front says as much as many.
        if isSpace, opening.count > 1, opening.allSatisfy(isSpaceOrNewline) { continue }
        opening.append(isSpace ? PTBScanner.Character.space : scalar.value)
        if opening.count > PTBWord.longest + 3 { return opening }
      }
    }
    return opening
  }

  private static func isSpaceOrNewline(_ character: UInt32) -> Bool {
    character == PTBScanner.Character.space || character == PTBScanner.Character.newline
  }
}
