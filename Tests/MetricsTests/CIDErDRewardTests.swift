import Metrics
import Testing

@Suite struct CIDErDRewardTests {
  private let references = [
    ["a dog runs on the grass", "a brown dog is running", "the dog plays outside"],
    ["two men sit on a bench", "men on a bench in the park"],
    ["a girl in a red dress", "the girl smiles", "a small girl in red", "a girl stands there"],
  ]
  private let candidates = [
    "a dog runs on the the grass", "a man on a bench", "a girl in a red dress in red",
  ]

  /// Words as numbers, in the order in which they come.
  private func numbers(_ captions: [[String]]) -> [[[Int32]]] {
    var numbers: [Substring: Int32] = [:]
    return captions.map { captions in
      captions.map { caption in
        caption.split(separator: " ").map { word in
          let number = numbers[word] ?? Int32(numbers.count)
          numbers[word] = number
          return number
        }
      }
    }
  }

  @Test func `rewards are the scores of a corpus`() throws {
    let corpus = try CaptionCorpus(candidates: candidates, references: references, threads: 1)
    let scores = CIDErD.scores(of: corpus, threads: 1).perImage[0]
    let all = numbers(references + candidates.map { [$0] })
    let reward = CIDErDReward(references: Array(all.prefix(3)))
    for image in 0..<3 {
      let found = reward.scores(of: all[3 + image], image: image)
      #expect(abs(found[0] - scores[image]) < 1e-12, "image \(image)")
    }
  }

  @Test func `a reference's own words score better than others and nothing scores 0`() {
    let all = numbers(references)
    let reward = CIDErDReward(references: all)
    let scores = reward.scores(of: [all[0][0], all[1][0], [], [99, 98]], image: 0)
    #expect(scores[0] > 3 && scores[0] > scores[1])
    #expect(scores[2] == 0 && scores[3] == 0)
  }
}
