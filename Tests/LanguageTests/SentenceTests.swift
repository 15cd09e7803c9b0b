import Language
import Testing

@Suite struct SentenceTests {
  @Test(arguments: [
    ("a dog runs through the grass", "A dog runs through the grass."),
    ("a dog runs .", "A dog runs."),
    ("is this a dog ?", "Is this a dog?"),
    ("a man 's hat , and a dog", "A man's hat, and a dog."),
    ("a man s hat", "A man's hat."),
    ("dogs do n't fly ; i know", "Dogs don't fly; I know."),
    ("i 'm here and i think i'm fine", "I'm here and I think I'm fine."),
    ("a sign ( in red ) for $ 5", "A sign (in red) for $5."),
    ("a sign -lrb- in red -rrb-", "A sign (in red)."),
    ("a sign says `` stop ''", "A sign says \"stop\"."),
    ("a sign says \" stop \" and \" go \" here", "A sign says \"stop\" and \"go\" here."),
    ("an asian man rides a bmx bike", "An Asian man rides a BMX bike."),
    ("tv and t-shirt", "TV and t-shirt."),
    ("t-shirt", "T-shirt."),
    ("3 dogs", "3 dogs."),
    ("école à paris", "École à Paris."),
    ("s", "S."),
    ("", ""),
  ])
  func `words become a sentence`(words: String, sentence: String) {
    #expect(Sentence(words: words.split(separator: " ").map(String.init)).text == sentence)
  }
}
