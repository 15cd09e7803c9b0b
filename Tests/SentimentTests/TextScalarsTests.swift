import Sentiment
import Testing

@Suite struct TextScalarsTests {
  @Test(arguments: [
    ("ﬁlm ﬂat ＧＯＯＤ 𝗴𝗼𝗼𝗱 𝓰𝓸𝓸𝓭", "film flat good good good"),
    ("cafe\u{301} u\u{308}ber x\u{301}", "café über x"),
    ("won\u{AD}der\u{200B}ful \u{FEFF}\u{200F}yes\u{2060}", "wonderful yes"),
    ("â€œfineâ€\u{9D} soâ€¦ yesâ€”no", "\" fine \" so ... yes no"),
    ("ÂGE âge â", "âge âge â"), ("\u{301}", ""), ("soÂ\u{A0}good Â so", "so good so"),
    ("g\u{2066}o\u{2069}od g\u{180E}ood g\u{2}ood g\u{20DD}ood", "good good good good"),
    ("\u{1B}[31mgood\u{1B}[0m", "good"), ("\u{1B}[", ""), ("so \u{1B}[1;3", "so"),
    ("non\u{2011}stop", "non stop"),
  ])
  func `letters are plain ones`(text: String, expected: String) {
    #expect(TextTokenizer.words(of: text).joined(separator: " ") == expected)
  }
}
