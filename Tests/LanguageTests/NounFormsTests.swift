import Language
import Testing

@Suite struct NounFormsTests {
  @Test(arguments: [
    ("dog", "dogs"), ("bus", "buses"), ("dress", "dresses"), ("box", "boxes"),
    ("bench", "benches"), ("brush", "brushes"), ("puppy", "puppies"), ("toy", "toys"),
    ("potato", "potatoes"), ("piano", "pianos"), ("horse", "horses"), ("tie", "ties"),
    ("man", "men"), ("woman", "women"), ("fireman", "firemen"), ("human", "humans"),
    ("child", "children"), ("person", "people"), ("person", "persons"), ("foot", "feet"),
    ("tooth", "teeth"), ("goose", "geese"), ("mouse", "mice"), ("knife", "knives"),
    ("wolf", "wolves"), ("leaf", "leaves"), ("scarf", "scarves"), ("giraffe", "giraffes"),
    ("roof", "roofs"), ("sheep", "sheep"), ("fish", "fishes"), ("ski", "skis"), ("sky", "skies"),
    ("tv", "tvs"), ("glass", "glasses"), ("walrus", "walruses"), ("lens", "lenses"),
  ])
  func `singular and plural find each other`(singular: String, plural: String) {
    #expect(NounForms.all(of: singular).isSuperset(of: [singular, plural]))
    #expect(NounForms.all(of: plural).isSuperset(of: [singular, plural]))
    #expect(NounForms.all(of: plural.uppercased()) == NounForms.all(of: plural))
  }

  @Test(arguments: [
    ("news", "new"), ("is", "i"), ("as", "a"), ("its", "it"), ("his", "hi"), ("dress", "dres"),
    ("men", "mens"), ("human", "humen"), ("roof", "rooves"), ("bus", "bu"),
  ])
  func `other words are no forms`(word: String, other: String) {
    #expect(!NounForms.all(of: word).contains(other))
  }

  @Test func `a vocabulary's words are found in any case`() throws {
    let vocabulary = try Vocabulary(
      words: ["Dog", "dogs", "TV", "cat", "dogged"],
      configuration: VocabularyConfiguration(file: "v.txt", size: 5, end: 3))
    #expect(vocabulary.ids(ofFormsOf: "DOG") == [0, 1])
    #expect(vocabulary.ids(ofFormsOf: "tvs") == [2])
    #expect(vocabulary.ids(ofFormsOf: "horse") == [])
  }
}
