import Sentiment
import Testing

@Suite struct CharacterReferenceTests {
  private func words(_ text: String) -> String {
    TextTokenizer.words(of: text).joined(separator: " ")
  }

  @Test(arguments: [
    "wasn&#39;t", "wasn&#039;t", "wasn&#39t", "wasn&#x27;t", "wasn&#X27;t", "wasn&#8217;t",
    "wasn&#x2019;t", "wasn&#146;t", "wasn&apos;t", "wasn&rsquo;t", "wasn&Rsquo;t", "wasn&lsquo;t",
    "wasn&prime;t", "wasn&acute;t", "wasn&amp;#39;t", "wasn&amp;amp;amp;rsquo;t", #"wasn\u2019t"#,
    #"wasn\u0027t"#, #"wasn\'t"#, "wasn& #39;t", "wasn#39;t", "wasn&amp#39;t", "wasn&apost",
    "wasn&rsquot", "wasn&#x27 t", "wasn&#00000039;t", "wasn&rsquor;t", "wasn&grave;t",
    "wasn<U+2019>t",
    #"wasn\x27t"#, #"wasn\x92t"#, #"wasn\xe2\x80\x99t"#, #"wasn\U00002019t"#, #"wasn\u{2019}t"#,
    #"wasn\\u2019t"#, #"wasn\\'t"#, #"wasn\’t"#, #"wasn\&#39;t"#, #"wasn\t"#,
  ])
  func `an apostrophe that is spelled out is one`(text: String) {
    #expect(words("It \(text) good") == "it was n't good")
    #expect(TextTokenizer.tokenize(text).symbols == 0)
  }

  @Test(arguments: [
    ("caf&eacute; &Eacute;T&#201; na&iuml;ve stra&szlig;e", "café été naïve straße"),
    ("&quot;good&quot; &ldquo;fine&rdquo; &lt;br /&gt; x&nbsp;y", "\" good \" \" fine \" <p> x y"),
    ("so&hellip; yes&ndash;no &frac12;", "so ... yes no ½"),
    // What is no reference stays as it is.
    ("R&D, AT&T; q&a", "r & d , at & t ; q & a"),
    ("R&amp;D", "r & d"), ("a & b &; &#; &#x; &#xzz; &#0; &#55296; &unknown;", nil),
    ("&", "&"), ("&amp", "& amp"), ("&#x27t", "t"), ("&amp;&amp;", "& &"),
    ("so&nbspgood", "so good"),
    (#"C:\good"#, "c : good"), (#"line one\nline two\tx"#, "line one line two x"),
    (#"\u00e9t\u00E9 \ud83d\udc4d \ud83d \u12"#, nil), (#"\ud83d\udc4d"#, "👍"),
  ])
  func `other references`(text: String, expected: String?) {
    // Nothing is lost or repeated, and no place is beyond the text, whatever stands there.
    for token in TextTokenizer.tokenize(text).tokens {
      #expect(token.bytes.upperBound <= text.utf8.count && !token.bytes.isEmpty)
    }
    if let expected { #expect(words(text) == expected) }
  }

  @Test func `words stand where the text spells them out`() {
    let text = "I wasn&#39;t, caf&eacute;"
    let bytes = Array(text.utf8)
    let found = TextTokenizer.tokenize(text).tokens.map {
      String(decoding: bytes[$0.bytes], as: UTF8.self)
    }
    #expect(found == ["I", "was", "n&#39;t", ",", "caf&eacute;"])
  }

  @Test func `references that open references take one look each`() {
    let text = "&" + String(repeating: "amp;", count: 200_000) + "eacute;t&eacute;"
    #expect(words(text) == "été")
  }
}
