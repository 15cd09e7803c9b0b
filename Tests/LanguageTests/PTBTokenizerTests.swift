import Foundation
import Language
import Testing

/// What `PTBTokenizer().tokenize` of pycocoevalcap 1.2 returns; its tokens, joined by a space.
@Suite struct PTBTokenizerTests {
  let tokenizer = PTBTokenizer()

  /// A caption of our own, and its tokens. See `data/references/tokenizer/README.md`.
  static let references: [(caption: String, tokens: String)] = {
    func lines(_ name: String) -> [String] {
      let url = URL(filePath: "data/references/tokenizer/\(name)")
      let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
      return text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        .dropLast().map { String($0) }
    }
    return Array(zip(lines("captions.txt"), lines("tokens.txt")))
  }()

  @Test func `a list of captions becomes what the reference makes of it`() {
    let references = Self.references
    #expect(references.count == 4154)
    let tokens = tokenizer.tokenize(references.map(\.caption))
    for (reference, tokens) in zip(references, tokens) where tokens != reference.tokens {
      Issue.record("“\(reference.caption)”: “\(tokens)”, not “\(reference.tokens)”")
    }
  }

  @Test func `only what ends in one letter or in “no.” depends on the next caption`() {
    for (caption, tokens) in Self.references where tokenizer.tokenize(caption) != tokens {
      let last = caption.split { $0 == " " || $0.isPunctuation && $0 != "." }.last ?? ""
      #expect(last.wholeMatch(of: /.*\b([a-z]|nos?|figs?|pp|op|art|ca)\./.ignoresCase()) != nil)
      #expect(
        tokenizer.tokenize(caption) == tokens + "." || tokenizer.tokenize(caption) + "." == tokens)
    }
  }

  // MARK: - Rules, each as the reference has it

  @Test(arguments: [
    ("'' ' `` ` . ? ! , : - -- ... ; a", "a"),
    ("a -LRB- b -RRB- c -LCB- d -RCB- e", "a -lrb- b -rrb- c -lcb- d -rcb- e"),
  ])
  func `the marks that pycocoevalcap counts as punctuation go`(caption: String, tokens: String) {
    #expect(tokenizer.tokenize(caption) == tokens)
  }

  @Test(arguments: [
    ("(in a wetsuit)", "-lrb- in a wetsuit -rrb-"), ("[a]", "-lsb- a -rsb-"),
    ("{a}", "-lcb- a -rcb-"),
  ])
  func `brackets stay, in small letters`(caption: String, tokens: String) {
    #expect(tokenizer.tokenize(caption) == tokens)
  }

  @Test(arguments: [
    ("a !!! b", "a !!! b"), ("a ?? b", "a ?? b"), ("a ?! b", "a ?! b"),
    (
      "a / b * c = d + e & f % g $ h # i < j > k _ l ~ m | n @ o",
      "a / b * c = d + e & f % g $ h # i < j > k _ l ~ m | n @ o"
    ),
    ("a .. b", "a b"),
  ])
  func `signs that are no punctuation stay`(caption: String, tokens: String) {
    #expect(tokenizer.tokenize(caption) == tokens)
  }

  @Test(arguments: [
    ("can't", "ca n't"), ("won't", "wo n't"), ("isn't", "is n't"), ("aren't", "are n't"),
    ("doesn't", "does n't"), ("don't", "do n't"), ("couldn't", "could n't"), ("cannot", "can not"),
    ("gonna", "gon na"), ("gotta", "got ta"), ("wanna", "wan na"), ("gimme", "gim me"),
    ("lemme", "lem me"), ("'tis", "'t is"), ("'twas", "'t was"), ("let's", "let 's"),
    ("it's", "it 's"), ("she'd", "she 'd"), ("they'll", "they 'll"), ("we've", "we 've"),
    ("I'm", "i 'm"), ("you're", "you 're"), ("more'n", "more 'n"), ("y'all", "y' all"),
    ("rock 'n' roll", "rock 'n' roll"), ("boys'", "boys"), ("80's", "80 's"), ("goin'", "goin"),
    ("don’t", "do n't"), ("it’s", "it 's"), ("they’re", "they 're"),
  ])
  func `contractions are cut`(caption: String, tokens: String) {
    #expect(tokenizer.tokenize(caption) == tokens)
  }

  @Test(arguments: [
    ("dunno", "dunno"), ("gotcha", "gotcha"), ("outta", "outta"), ("kinda", "kinda"),
    ("sorta", "sorta"), ("'til", "'til"), ("'em", "'em"), ("'cause", "'cause"),
    ("o'clock", "o'clock"), ("ma'am", "ma'am"), ("c'mon", "c'mon"), ("d'you", "d'you"),
    ("d'ye", "d'ye"), ("O'Brien", "o'brien"), ("'80s", "'80s"), ("s'mores", "s'mores"),
    ("'n'", "'n'"), ("ol'", "ol'"),
  ])
  func `words that look like contractions are not`(caption: String, tokens: String) {
    #expect(tokenizer.tokenize(caption) == tokens)
  }

  @Test(arguments: [
    ("black-and-white", "black-and-white"), ("double-decker", "double-decker"),
    ("jack-o'-lantern", "jack-o lantern"), ("a -- b", "a b"), ("a --- b", "a b"), ("a – b", "a b"),
    ("a — b", "a b"), ("a--b", "a b"), ("a---b", "a b"), ("a–b", "a b"), ("a—b", "a b"),
  ])
  func `hyphens and dashes`(caption: String, tokens: String) {
    #expect(tokenizer.tokenize(caption) == tokens)
  }

  @Test(arguments: [
    ("10:30am", "10:30 am"), ("10am", "10am"), ("9am", "9am"), ("1.5L", "1.5 l"),
    ("100%", "100 %"), ("$5", "$ 5"), ("#1", "# 1"), ("£10", "# 10"), ("€5", "$ 5"),
    ("6ft.", "6ft"), ("5'10\"", "5 10"), ("½", "1/2"), ("1,000", "1,000"), ("1/2", "1/2"),
    ("24/7", "24/7"), ("w/o", "w/o"), ("b/w", "b/w"), ("and/or", "and/or"), ("w/", "w /"),
    ("2'x4'", "2 x4"), ("1 1/2", "1\u{A0}1/2"),
  ])
  func `units and numbers`(caption: String, tokens: String) {
    #expect(tokenizer.tokenize(caption) == tokens)
  }

  @Test(arguments: [
    ("AT&T", "at&t"), ("R&B", "r&b"), ("at&t", "at & t"), ("b&w", "b & w"), ("a&b", "a & b"),
    ("a|b", "a | b"), ("a+b", "a + b"), ("a=b", "a = b"), ("a_b a/b a-b", "a_b a/b a-b"),
    (":)", ":-rrb-"), ("<3", "< 3"), ("<b>bold</b>", "<b> bold </b>"), ("&amp;", "&"),
    ("&quot;a&quot;", "a"), ("http://a.b/c?d=e", "http://a.b/c?d=e"),
    ("me@example.com", "me@example.com"), ("dog.cat", "dog.cat"), ("bike.a", "bike.a"),
    ("img_1.jpg", "img_1 jpg"),
  ])
  func `ampersands, bars and slashes`(caption: String, tokens: String) {
    #expect(tokenizer.tokenize(caption) == tokens)
  }

  @Test(arguments: [
    ("a b. c", "a b. c"), ("t.v. x", "t.v. x"), ("b.b.q. x", "b.b.q. x"),
  ])
  func `single letters and acronyms keep their full stops`(caption: String, tokens: String) {
    #expect(tokenizer.tokenize(caption) == tokens)
  }

  @Test func `abbreviations keep their full stops`() {
    let words = """
      mr mrs ms dr prof gen sen rep gov pres col capt lt sgt maj adm cmdr pvt cpl rev hon jr \
      sr st mt ft ave blvd rd sq ct bldg vs etc e.g i.e al dept univ assn bros inc ltd co corp \
      pty jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri ala \
      ariz calif colo conn fla ind kan ky md mich minn mo mont neb nev okla penn tenn vt va \
      wis wyo u.s u.k u.n a.m p.m ph.d b.c a.d d.c n.y l.a p est tel cf wm alex
      """
    for word in words.split(separator: " ") {
      #expect(tokenizer.tokenize("\(word). x") == "\(word). x")
    }
  }

  @Test func `other shortened words lose theirs`() {
    let words = """
      ln hwy rte pl apt no nos eg viz approx llc may thur sat sun me ex fig figs pp vol ed eds \
      max min oz lb lbs in yd mi hr hrs mins sec secs kg cm mm km fax ca circa chas geo thos \
      jas tv
      """
    for word in words.split(separator: " ") {
      #expect(tokenizer.tokenize("\(word). x") == "\(word) x")
    }
  }

  @Test(arguments: ["Ark", "Del", "Ill", "La", "Mass", "Miss", "Ore", "Pa", "Tex", "Wash"])
  func `abbreviations that are words, too, need their capital`(word: String) {
    let small = word.lowercased()
    #expect(tokenizer.tokenize("\(word). x") == "\(small). x")
    #expect(tokenizer.tokenize("\(small). x") == "\(small) x")
  }

  @Test(arguments: [
    ("No. 5", "no. 5"), ("no. a", "no a"), ("Fig. 2", "fig. 2"), ("pp. 10", "pp. 10"),
  ])
  func `“no.” keeps its full stop before a number`(caption: String, tokens: String) {
    #expect(tokenizer.tokenize(caption) == tokens)
  }

  // MARK: - Lines and lists

  @Test(arguments: ["\n", "\r", "\r\n", "\u{B}", "\u{C}", "\u{2028}", "\u{2029}"])
  func `whatever ends a line is a space`(separator: String) {
    #expect(tokenizer.tokenize("a dog\(separator)runs.") == "a dog runs")
    #expect(tokenizer.tokenize("\(separator)") == "")
    #expect(PTBTokenizer.containsLineSeparator("a\(separator)b") == (separator != "\n"))
  }

  @Test func `U+0085 is an ellipsis to the reference, not the end of a line`() {
    #expect(tokenizer.tokenize("a dog\u{85}runs") == "a dog runs")
    #expect(!PTBTokenizer.containsLineSeparator("a dog\u{85}runs"))
  }

  @Test(arguments: ["", " ", "\t \u{A0}", "...", "😀", "\u{0}"])
  func `a caption without words has no tokens`(caption: String) {
    #expect(tokenizer.tokenize(caption) == "")
    #expect(tokenizer.tokenize([caption, "a"]) == ["", "a"])
  }

  @Test(arguments: [
    (["vitamin c.", "The dog"], "vitamin c"), (["vitamin c.", "a dog"], "vitamin c."),
    (["vitamin c.", "", "  The dog"], "vitamin c"), (["vitamin c."], "vitamin c."),
    (["vitamin c. The"], "vitamin c. the"), (["vitamin c. The", "x"], "vitamin c the"),
    (["bus no.", "5 dogs"], "bus no."), (["bus no.", " 5 dogs"], "bus no"),
    (["he'll"], "he ll"), (["he'll", "x"], "he 'll"),
    (["vitamin b.", "<b> x"], "vitamin b"), (["vitamin b.", "<!-- x"], "vitamin b."),
  ])
  func `what follows a caption may count`(captions: [String], tokens: String) {
    #expect(tokenizer.tokenize(captions).first == tokens)
  }

  @Test func `no captions become no tokens`() {
    #expect(tokenizer.tokenize([] as [String]) == [])
  }

  // MARK: - Whatever a caption may hold

  /// Texts of which a careless rule would read the rest again at every place.
  @Test(arguments: [
    "a", "a,", "a.", "1.a.", "+.", "é.", "a@", "a@.", "<a ", "<a b=\"", "<a b='\"", "<!a", "www.",
    "www.1+", "http://", "a.com/", "c. <a ", "1 ", "555 ", "'", "“", "-", ".", "😀", "\u{AD}", "Σ",
  ])
  func `a long caption takes time in proportion to its length`(part: String) {
    let captions = [1, 8].map { size in
      String(repeating: part, count: size * 20_000 / part.utf8.count)
    }
    // Eight times the length; sixty-four times the time would be the square of it. A busy machine
    // may be slow at any moment, but not always.
    var times = captions.map { _ in Duration.seconds(60) }
    for round in 0..<20 where round < 1 || times[1] >= times[0] * 28 {
      for (index, caption) in captions.enumerated() {
        let time = ContinuousClock().measure { _ = tokenizer.tokenize(caption) }
        times[index] = min(times[index], time)
      }
    }
    #expect(times[1] < times[0] * 28 + .milliseconds(20))
  }
}
