import Sentiment
import Tensors
import Testing

@Suite struct TextTokenizerTests {
  private func words(_ text: String) -> [String] { TextTokenizer.words(of: text) }

  @Test(arguments: [
    ("It's GREAT, I can't believe it!!!", "it 's great , i ca n't believe it !"),
    ("they do n't and won't", "they do n't and wo n't"),
    ("He said 'wow' -- don\u{2019}t miss it.", "he said wow do n't miss it ."),
    ("soooo goood", "soo good"),
    ("A must-see... 10/10, rock'n'roll", "a must see ... 10 / 10 , rock'n'roll"),
    ("``fine'' \u{201C}fine\u{201D}", "\" fine \" \" fine \""),
    ("first<br /><br/>second<BR >", "first <p> second"),
    ("<br>only", "only"), ("<p>one</p><p>two</p>", "one <p> two"),
    ("<b>great</b> <i class=\"x\">film</i> <a href='y'>z</a>", "great film z"),
    ("<b <b <i", "b b i"), ("so <!-- bad --> good <!-- x", "so <p> good ! x"),
    ("<style>p { bad }</style>good<script>bad()</script>", "good"),
    ("<!DOCTYPE html><html><head><title>one</title></head><body>two", "one <p> two"),
    ("5 < 6 <unknown> <3d>", "5 6 unknown 3d"),
    ("tell 'em about the '90s", "tell 'em about the '90s"),
    ("cost: $5 & 10%; (ok)", "cost : $ 5 & 10 % ; ( ok )"),
    ("why?!?! well,, *yes*", "why ? ! ? ! well , * yes *"),
    ("snake_case a<b", "snake case a b"),
    ("Ünïcode ÉTÉ Страна 映画", "ünïcode été страна 映画"),
    ("", ""), (" \n\t", ""), ("'''", "\""),
    ("shouldn't've y'all're", "should n't 've y'all 're"),
  ])
  func `text is cut into words`(text: String, expected: String) {
    #expect(words(text).joined(separator: " ") == expected)
  }

  @Test func `words know where they stand`() throws {
    let text = "Café isn't „soooo“ bad… 🦖"
    let result = TextTokenizer.tokenize(text)
    let bytes = Array(text.utf8)
    let found = result.tokens.map { String(decoding: bytes[$0.bytes], as: UTF8.self) }
    #expect(found == ["Café", "is", "n't", "„", "soooo", "\u{201C}", "bad", "…"])
    #expect(result.symbols == 1)
  }

  /// All that is read specially, in any order, whole and cut off.
  @Test func `ranges are in order and inside whatever the text is made of`() {
    let parts = [
      "wasn", "t", "it", "s", "'", "''", "’", "&", "amp;", "#39;", "&#x27;", "&rsquo", ";", "\\",
      "\\x",
      "\\u2019", "\\u{", "}", "\\U0001F44D", "\\xe2\\x80\\x99", "<U+", "2019", ">", "<", "/", "!--",
      "-->",
      "script", "<b", "<br />", "\u{1B}[", "31", "m", "Â", "â", "€", "™", "\u{80}", "\u{99}", ":",
      ")", "(", "-",
      "3", "d", "★", "☆", "👍", "\u{1F3FD}", "\u{FE0F}", "\u{301}", "ﬁ", "\u{200B}", " ", "\n", "?",
      "\u{FFFD}",
      "n't", "nt", "é", "\u{0}", "¯\\_(ツ)_/¯", "<!doctype", "...", "…", "—", "😀", "\u{E0001}", "İ",
      "x", "^_^",
    ]
    var random = SeededRandom(seed: 7)
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 1...9, using: &random))
        .map { _ in parts[Int.random(in: parts.indices, using: &random)] }.joined()
      var last = 0
      for token in TextTokenizer.tokenize(text).tokens {
        #expect(
          token.bytes.lowerBound >= last && token.bytes.upperBound <= text.utf8.count
            && !token.bytes.isEmpty && !token.text.isEmpty, "\(text.debugDescription): \(token)")
        last = token.bytes.upperBound
      }
    }
  }

  @Test func `ranges are in order and inside the text`() {
    for text in ["do n't ''x'' 'tis 'S", "a…b—c don't've <br /> ii̇İ", "ﬃ İ'S'S"] {
      var last = 0
      for token in TextTokenizer.tokenize(text).tokens {
        #expect(token.bytes.lowerBound >= last && token.bytes.upperBound <= text.utf8.count)
        last = token.bytes.upperBound
      }
    }
  }
}
