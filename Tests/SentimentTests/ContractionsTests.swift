import Sentiment
import Testing

@Suite struct ContractionsTests {
  private func words(_ text: String) -> String {
    TextTokenizer.words(of: text).joined(separator: " ")
  }

  @Test(arguments: [
    "wasnt", "was'nt", "wasn t", "wasn?t", "wasn\u{FFFD}t", "wasn;t", "wasn\"t", "WASNT", "was n't",
    "wasn\u{2BC}t", "wasn\u{2019}t", "wasn\u{2018}t", "wasn`t", "wasn\u{B4}t", "wasn\u{2032}t",
    "wasn\u{FF07}t", "wasn\u{201B}t", "wasn\u{A78C}t", "wasnâ€™t", "wasn\u{E2}\u{80}\u{99}t",
    "wasn\u{92}t", "was\u{AD}n't", "was nt", "wasn''t", "wasn’’t", "wasn 't", "wasn' t",
    "wasn '' t",
    "wasn\u{A0}'t", "wasn'\u{FE0F}t", "wasn??t", "wasn\u{FFFD}\u{FFFD}\u{FFFD}t", "wasnÃ¢â‚¬â„¢t",
    "wasnât", "wasnÂ´t", "wasnÂ’t", "wasn‚Äôt", "wasnÕt", "wasnít", "wasnвЂ™t", "wasnΓÇÖt",
    "wasn\u{2BE}t",

  ])
  func `a negation is one without its apostrophe or with another`(text: String) {
    #expect(words("It \(text) good") == "it was n't good")
    #expect(words(text) == "was n't")
  }

  @Test(arguments: [
    ("isnt arent werent dont doesnt didnt", "is n't are n't were n't do n't does n't did n't"),
    ("hasnt havent hadnt cant couldnt", "has n't have n't had n't ca n't could n't"),
    ("wouldnt shouldnt wont aint", "would n't should n't wo n't ai n't"),
    ("mustnt neednt mightnt shant", "must n't need n't might n't sha n't"),
    ("can t, won t, don t", "ca n't , wo n't , do n't"),
    ("im ive youre theyll weve hes thats", "i 'm i 've you 're they 'll we 've he 's that 's"),
    ("could've would'nt've", "could 've would'nt 've"),
    ("it''s we?ve I\u{FFFD}m theyâ€™re he’’d", "it 's we 've i 'm they 're he 'd"),
    ("'Didn't like it' ‘Can’t fault it’", "did n't like it ca n't fault it"),
    ("'wasnt it' 'tis ''big'' one", "was n't it tis \" big \" one"),
    // Words of their own, and beginnings of others.
    ("well ill id were hell shed lets its", "well ill id were hell shed lets its"),
    ("won t-shirts, isn top, a don today", "won t shirts , isn top , a don today"),
    ("want meant font windows nt", "want meant font windows nt"),
    ("I.D. he/she/it, we (re)do", "i . d . he / she / it , we ( re ) do"),
  ])
  func `other contractions`(text: String, expected: String) {
    #expect(words(text) == expected)
  }

  @Test func `repaired words share no bytes`() {
    for text in ["wasnt", "was'nt it", "wasn t it", "im", "wasn?t"] {
      var last = 0
      for token in TextTokenizer.tokenize(text).tokens {
        #expect(token.bytes.lowerBound >= last && token.bytes.upperBound <= text.utf8.count)
        #expect(!token.bytes.isEmpty)
        last = token.bytes.upperBound
      }
    }
  }
}
