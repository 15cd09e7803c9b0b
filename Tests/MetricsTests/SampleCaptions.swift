import Foundation
import Metrics
import TestSupport

/// Captions of six images, tokenised by pycocoevalcap 1.2's PTBTokenizer.
func sixImages() throws -> CaptionCorpus {
  try CaptionCorpus(
    candidates: [
      "a man riding a wave on a surfboard in the ocean",
      "a cat laying on a couch",
      "two dogs playing in the snow with a ball in the snow",
      "a red bus driving down a street next to a building",
      "a plate of food",
      "boy",
    ],
    references: [
      [
        "a man riding a wave on top of a surfboard", "a surfer rides a large wave in the ocean",
        "a person on a surf board riding a wave", "man surfing on a wave in the sea",
        "a guy -lrb- in a wetsuit -rrb- is surfing",
      ],
      [
        "a black-and-white cat sits on a couch", "a cat sitting on a sofa next to a pillow",
        "the cat is laying down on the couch", "a cat on a couch",
        "close up of a cat resting on a grey couch",
      ],
      [
        "two dogs are playing in the snow", "two dogs run through the snow",
        "a pair of dogs playing with a ball in snow", "dogs chasing each other outside",
        "two brown dogs play outside in winter",
      ],
      [
        "a red double-decker bus driving down a street", "a bus is on the street in london",
        "a large red bus traveling down the road", "the red bus is parked at the stop",
        "a city bus going down a busy street",
      ],
      [
        "a plate of food with broccoli and rice", "broccoli rice and meat on a white plate",
        "a meal is on the plate", "plate of vegetables & rice",
        "a white plate topped with rice and broccoli",
      ],
      [
        "a young boy hitting a ball with a bat", "a kid 's swinging a baseball bat",
        "the boy did n't miss the ball", "a child plays baseball in a park",
        "boy at bat during a baseball game",
      ],
    ], threads: 2)
}

/// An empty candidate, one without a match, and one that is a reference.
func edgeCases() throws -> CaptionCorpus {
  try CaptionCorpus(
    candidates: ["", "a b c", "cat"],
    references: [
      ["a man on a bike", "a man rides a bike"], ["a dog", "the dog runs fast today"],
      ["a cat sits on a mat", "cat"],
    ], threads: 1)
}

/// data/references/metrics/scores.json, which Scripts/references/metrics.py made with pycocoevalcap
/// 1.2: 300 images with empty, repeated, long and equal captions, no-break spaces, two spellings of
/// “é”, and 1 to 12 references.
struct OddCaptions: Decodable {
  struct Scores: Decodable {
    let corpus: Double
    let images: [Double]
  }

  let candidates: [String]
  let references: [[String]]
  let scores: [String: Scores]
  let selfBleu: Scores

  private enum CodingKeys: String, CodingKey {
    case candidates, references, scores
    case selfBleu = "self_bleu"
  }

  let corpus: CaptionCorpus

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    candidates = try values.decode([String].self, forKey: .candidates)
    references = try values.decode([[String]].self, forKey: .references)
    scores = try values.decode([String: Scores].self, forKey: .scores)
    selfBleu = try values.decode(Scores.self, forKey: .selfBleu)
    corpus = try CaptionCorpus(candidates: candidates, references: references, threads: 2)
  }

  static func read() throws -> OddCaptions {
    try JSONDecoder().decode(
      OddCaptions.self, from: Data(contentsOf: reference("metrics/scores.json")))
  }
}
