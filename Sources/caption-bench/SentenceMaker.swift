import Captioning
import Language
import Tensors

/// Sentences of the bundled model's words, of which each is about as frequent as it is in captions:
/// by Zipf's law, for the vocabulary begins with its most frequent words.
struct SentenceMaker {
  private var random: SeededRandom
  private let words: [String]
  /// The sums of the frequencies up to each word.
  private let sums: [Float]

  /// Stars are places for words.
  private static let templates = [
    "a * * is * on the *", "two * * in a *", "a * in a * * with a * and a *", "the * * * over a *",
    "a man in a * * is * near the *", "a * * through the * *",
  ].map { $0.split(separator: " ").map(String.init) }

  init(seed: UInt64) throws {
    random = SeededRandom(seed: seed)
    let bundle = try ModelBundle.find()
    let function = Set(Self.templates.joined()).union(["on", "and", "of", "to", "with"])
    words = bundle.vocabulary.words.filter {
      !function.contains($0) && $0.allSatisfy { $0.isLetter }
    }
    var sum: Float = 0
    sums = words.indices.map { index in
      sum += 1 / Float(index + 3)
      return sum
    }
  }

  /// - Parameter scene: words of which more than half of the sentence's are, if there are any.
  mutating func sentence(scene: [String] = []) -> [String] {
    var template = Self.templates[Int(random.uniform() * Float(Self.templates.count))]
    // Words of a scene go together: 0.9 % of Flickr8k's captions have dogs and a beach in them.
    if random.uniform() < 0.009 { template = ["a", "*", "dog", "*", "along", "the", "*", "beach"] }
    return template.map { word in
      guard word == "*" else { return word }
      guard !scene.isEmpty, random.uniform() < 0.6 else { return self.word() }
      return scene[Int(random.uniform() * Float(scene.count))]
    }
  }

  mutating func word() -> String {
    let point = random.uniform() * (sums.last ?? 0)
    var low = 0
    var high = sums.count - 1
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > point { high = middle } else { low = middle + 1 }
    }
    return words[low]
  }
}
