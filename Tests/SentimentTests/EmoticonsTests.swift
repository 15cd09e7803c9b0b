import Sentiment
import Testing

@Suite struct EmoticonsTests {
  private func words(_ text: String) -> String {
    TextTokenizer.words(of: text).joined(separator: " ")
  }

  @Test(arguments: [
    (":) :-) =) :] :-] :o) ^_^ ^^ (: :)))", ":)"), (":( :-( =( :[ :-[ ): :((( >_<", ":("),
    (":'( :'-( T_T ;_; 😭", ":'("), (":D :-D =D xD XD \\o/ 😂🤣", ":d"), (";) ;-) 😉", ";)"),
    (":P :-p =P 😛", ":p"), ("<3 ❤️ ♥ 💕 😍 :* <333", "<3"), ("</3 💔", "</3"),
    (":/ :-/ :\\ -_- 🙄", ":/"), (":| :-| o_O 😐", ":|"), (">:( 😡 😠 :@", ">:("), ("¯\\_(ツ)_/¯", ":/"),
    (":,( :'(", ":'("),
    ("👍 👍🏽 👏 🎉 :+1:", "👍"), ("👎 👎🏿 :-1: :thumbsdown:", "👎"), ("🙂 😊 ☺️", ":)"), ("🙁 😞 ☹️", ":("),
  ])
  func `smileys of one feeling are one word`(texts: String, word: String) {
    for text in texts.split(separator: " ") {
      let result = TextTokenizer.tokenize("so \(text)")
      #expect(result.tokens.map(\.text) == ["so", word], "\(text)")
      #expect(result.symbols == 0, "\(text)")
    }
    #expect(words(texts) == word)
  }

  @Test(arguments: [
    ("great:) (thanks :)", "great :) ( thanks :)"), ("I am sad:(", "i am sad :("),
    ("Great!:D", "great ! :d"), ("I &lt;3 it &gt;:(", "i <3 it >:("),
    // Times, lists, addresses and code.
    ("10:30, ratio 3:4, 2:d", "10 : 30 , ratio 3 : 4 , 2 : d"),
    ("http://example.org", "http : / / example . org"),
    ("note:do as follows:(a) x=(b)", "note : do as follows : ( a ) x ( b )"),
    ("a<3b x<3", "a 3b x 3"), ("<3 stars, <3 it", "3 stars , <3 it"),
    ("★★★★★ ★☆☆☆☆ ⭐⭐⭐", "5 stars 1 star 3 stars"), ("★ nice ★", "nice"),
    ("to the xdr box", "to the xdr box"), ("(see below) : yes", nil),
    ("🦖 🪑 §", ""),
  ])
  func `smileys stand beside words, and what looks like one does not count`(
    text: String, expected: String?
  ) {
    if let expected { #expect(words(text) == expected) }
  }

  @Test func `emoji that say nothing certain are counted as symbols`() {
    #expect(TextTokenizer.tokenize("🦖 good 🪑").symbols == 2)
    #expect(TextTokenizer.tokenize("good 👍🏽 ❤️").symbols == 0)
  }
}
