import Foundation
import Store
import Testing

struct SearchTextTests {
  @Test(arguments: [
    ("A dog's day.", "dog", false, true),
    ("A dog's day.", "DOG S", false, true),
    ("A dog's day.", "do", false, false),
    ("A dog's day.", "do", true, true),
    ("A dog's day.", "a do", true, true),
    ("A dog's day.", "dog day", false, false),
    ("hot-dog", "hot dog", false, true),
    ("Café", "cafe", false, true),
    ("Cafe\u{301}s", "CAFÉ", true, true),
    ("", "a", true, false),
    ("a", "", true, false),
  ])
  func wordsOccur(_ text: String, _ words: String, _ isPrefix: Bool, _ result: Bool) {
    #expect(SearchText.contains(text, words: words, isPrefix: isPrefix) == result)
  }

  /// The index must find at least what is then looked at closely.
  @Test(arguments: [
    "running", "hoping", "happily", "flies", "generalizations", "skateboarding", "dancing",
    "relational", "agreed", "babies", "sky", "dying", "conditional", "women", "sitting", "bies",
    "beaches", "café", "über", "straße", "naïveté", "100th", "łódź", "ŋ", "Ελλάδα", "собака",
  ])
  func everyBeginningOfAWordFindsIt(_ word: String) throws {
    let store = try Store()
    let work = try store.work(sampleModel(), options: "{}")
    try store.enter([("/a.jpg", "The \(word) here.")], work: work)
    for count in 2...max(2, word.count) {
      let found = try store.search(SearchQuery(word.prefix(count) + "*"), limit: nil)
      #expect(found.count == 1, "\(word.prefix(count))*")
    }
    #expect(try store.search(SearchQuery("word:" + word), limit: nil).count == 1)
    #expect(try store.search(SearchQuery(word.capitalized), limit: nil).count == 1)
  }
}
