/// A lower-cased caption written as people write: a capital first letter, punctuation and clitics
/// joined to their word, names in their capitals, and a closing full stop.
public struct Sentence: Equatable, Sendable, CustomStringConvertible {
  public let text: String

  public var description: String { text }

  /// - Parameter words: a caption's words, without special tokens. No words make an empty sentence.
  public init(words: [String]) {
    var text = ""
    var joinsNext = true
    var quoteIsOpen = false
    for word in words where !word.isEmpty {
      var written = Self.properSpelling[word] ?? word
      var joins = joinsNext || Self.joinsPrevious(word)
      joinsNext = Self.opening.contains(word)
      switch word {
      case "``", "''", "\"":
        // The Penn Treebank's quotation marks, or a plain one that opens and closes by turns.
        let opens = word == "``" || (word == "\"" && !quoteIsOpen)
        quoteIsOpen = opens
        written = "\""
        joins = joins || !opens
        joinsNext = opens
      case "s" where !text.isEmpty:
        // Tokenizers that keep letters only leave a lone “s” of “man's”.
        written = "'s"
        joins = true
      case "-lrb-": written = "("
      case "-rrb-": written = ")"
      default: break
      }
      if !joins { text += " " }
      text += written
    }
    if let first = text.firstIndex(where: { $0.isLetter || $0.isNumber }) {
      text.replaceSubrange(first...first, with: text[first].uppercased())
    }
    if let last = text.last(where: { $0 != "\"" && $0 != ")" }), !".!?…".contains(last) {
      text += "."
    }
    self.text = text
  }

  private static let opening: Set<String> = ["(", "[", "{", "$", "£", "€", "#", "-lrb-"]

  private static let closing: Set<String> = [
    ".", ",", "!", "?", ";", ":", ")", "]", "}", "%", "…", "...", "-rrb-", "n't", "n’t",
  ]

  /// Whether a word is written without a space before it: closing punctuation, and clitics such as
  /// “'s”.
  private static func joinsPrevious(_ word: String) -> Bool {
    if closing.contains(word) { return true }
    guard let first = word.first, first == "'" || first == "’" else { return false }
    return ["s", "m", "d", "re", "ve", "ll"].contains(String(word.dropFirst()))
  }

  /// Words that English writes with capitals whatever they mean, of those that captions of
  /// photographs use.
  private static let properSpelling: [String: String] = {
    let names = [
      "I", "I'm", "I've", "I'll", "I'd", "TV", "TVs", "BMX", "ATV", "ATVs", "SUV", "SUVs", "DJ",
      "DVD", "CD", "PC", "USA", "U.S.", "UK", "NYC", "American", "Americans",
      "African", "African-American", "Asian", "Asians", "Australian", "British", "Canadian",
      "Caucasian", "Chinese", "Dutch", "English", "European", "French", "German", "Hispanic",
      "Indian", "Irish", "Italian", "Japanese", "Korean", "Mexican", "Russian", "Scottish",
      "Spanish", "Thai", "Africa", "America", "Asia", "Australia", "Canada", "England",
      "Europe", "France", "Germany", "India", "Italy", "Japan", "London", "Mexico", "Paris",
      "Spain", "Christmas", "Easter", "Halloween", "Santa", "Superman", "Spiderman",
      "Spider-Man", "Batman", "Dalmatian", "Chihuahua", "Labrador", "Rottweiler", "Monday",
      "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "January", "February",
      "April", "June", "July", "September", "October", "November", "December", "Nike",
      "Lego", "Wii", "Nintendo", "McDonald's", "Starbucks", "Ferris",
    ]
    return [String: String](uniqueKeysWithValues: names.map { ($0.lowercased(), $0) })
      .merging(["xbox": "Xbox", "iphone": "iPhone", "ipad": "iPad", "ipod": "iPod"]) { a, _ in a }
  }()
}
