import PhotoMetadata
import Testing

struct DescriptionTextTests {
  @Test(arguments: [
    ("A dog.", "A dog."), ("  A dog.\n", "A dog."), ("a\r\nb\rc\nd", "a\nb\nc\nd"),
    ("a\u{0}b\u{1B}[31mc\u{7F}\u{85}d\te", "ab[31mcd\te"), ("\u{FFFE}\u{FFFF}x", "x"),
    ("", ""), (" \u{A0}\n", ""), ("👩‍👩‍👧 é", "👩‍👩‍👧 é"), ("<&>\"']]>", "<&>\"']]>"),
  ])
  func `texts are cleaned`(_ text: String, _ expected: String) {
    #expect(DescriptionText.cleaned(text) == expected)
    #expect(DescriptionText.cleaned(expected) == expected)
  }
}
