/// The singulars and plurals of English nouns.
package enum NounForms {
  /// A noun in lower case with its plurals, or with its singular and the plurals of that.
  ///
  /// What is spelled like a form without being one is among them (“watche” of “watches”): the
  /// forms are for looking up in a vocabulary, which has real words only.
  package static func all(of word: String) -> Set<String> {
    let word = word.lowercased()
    let singulars = irregularSingulars[word] ?? [word] + regularSingulars(of: word)
    return Set([word] + singulars + singulars.flatMap(plurals))
  }

  private static func plurals(of word: String) -> [String] {
    if let irregular = irregularPlurals[word] { return irregular }
    if word.hasSuffix("man"), !regularInMan.contains(word) { return [word.dropLast(2) + "en"] }
    if ["s", "x", "z", "ch", "sh"].contains(where: word.hasSuffix) { return [word + "es"] }
    if word.hasSuffix("o") { return [word + "s", word + "es"] }
    if word.hasSuffix("y"), let before = word.dropLast().last, !"aeiou".contains(before) {
      return [word.dropLast() + "ies"]
    }
    return [word + "s"]
  }

  /// What a word is the regular plural of.
  private static func regularSingulars(of word: String) -> [String] {
    guard !singularsInS.contains(word) else { return [] }
    var candidates: [String] = []
    for (ending, singular) in [("s", ""), ("es", ""), ("ies", "y"), ("men", "man")]
    where word.hasSuffix(ending) {
      candidates.append(word.dropLast(ending.count) + singular)
    }
    // Shorter ones would be the “i” of “is” and the “it” of “its”.
    return candidates.filter { $0.count >= 3 && plurals(of: $0).contains(word) }
  }

  /// Words that are spelled like the plural of another but are none.
  private static let singularsInS: Set<String> = ["news"]

  /// Words in “man” that have no plural in “men”.
  private static let regularInMan: Set<String> = [
    "caiman", "german", "human", "norman", "ottoman", "roman", "shaman", "talisman",
  ]

  private static let irregularPlurals: [String: [String]] = [
    "man": ["men"], "woman": ["women"], "child": ["children"], "grandchild": ["grandchildren"],
    "person": ["people", "persons"], "foot": ["feet"], "tooth": ["teeth"], "goose": ["geese"],
    "mouse": ["mice"], "louse": ["lice"], "ox": ["oxen"], "die": ["dice"],
    "cactus": ["cacti", "cactuses"], "fungus": ["fungi"], "octopus": ["octopuses", "octopi"],
    "hippopotamus": ["hippopotamuses", "hippopotami"], "bus": ["buses", "busses"],
    "quiz": ["quizzes"], "tv": ["tvs"],
    // “f” becomes “v” in these only.
    "calf": ["calves"], "elf": ["elves"], "half": ["halves"], "hoof": ["hooves", "hoofs"],
    "knife": ["knives"], "leaf": ["leaves"], "life": ["lives"], "loaf": ["loaves"],
    "scarf": ["scarves", "scarfs"], "sheaf": ["sheaves"], "shelf": ["shelves"],
    "bookshelf": ["bookshelves"], "thief": ["thieves"], "wharf": ["wharves", "wharfs"],
    "wife": ["wives"], "housewife": ["housewives"], "wolf": ["wolves"],
    // These may stay as they are.
    "aircraft": ["aircraft"], "bison": ["bison"], "deer": ["deer"], "elk": ["elk", "elks"],
    "fish": ["fish", "fishes"], "moose": ["moose"], "salmon": ["salmon"], "series": ["series"],
    "sheep": ["sheep"], "shrimp": ["shrimp", "shrimps"], "species": ["species"],
    "squid": ["squid", "squids"], "trout": ["trout"],
  ]

  private static let irregularSingulars: [String: [String]] = irregularPlurals.reduce(into: [:]) {
    singulars, entry in
    for plural in entry.value { singulars[plural, default: []].append(entry.key) }
  }
}

extension Vocabulary {
  /// The ids of the forms that a word has here, in any case, in ascending order.
  package func ids(ofFormsOf word: String) -> [Int] {
    let spellings = NounForms.all(of: word).flatMap {
      [$0, $0.prefix(1).uppercased() + $0.dropFirst(), $0.uppercased()]
    }
    return Set(spellings.compactMap(id(of:))).sorted()
  }
}
