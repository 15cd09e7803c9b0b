/// A word of one to twelve ASCII letters, its case aside, in one machine word: a key that costs no
/// allocation.
struct PTBWord: Hashable {
  static let longest = 12

  private var letters: UInt64 = 0

  /// - Parameter word: ASCII letters; those past the twelfth are ignored.
  init(_ word: some StringProtocol) {
    for byte in word.utf8.prefix(Self.longest) { append(UInt32(byte)) }
  }

  /// - Parameter word: ASCII letters; those past the twelfth are ignored.
  init(_ word: ArraySlice<UInt32>) {
    for character in word.prefix(Self.longest) { append(character) }
  }

  private mutating func append(_ letter: UInt32) {
    // The last five bits of an ASCII letter are its place in the alphabet, from 1.
    letters = letters << 5 | UInt64(letter & 31)
  }
}
