internal import Captioning
internal import Datasets
internal import Foundation
package import Language
internal import Metrics
internal import Tensors

/// Self-critical sequence training (Rennie et al. 2017, arXiv 1612.00563): the decoder's own
/// captions of an image are compared, and those that score better than a baseline are made likelier,
/// the others less likely. The gradient is that of −advantage · log p of the captions' words.
public struct SelfCritical: Sendable {
  public struct Options: Codable, Equatable, Sendable {
    public var candidates = Candidates.beam
    /// How many captions of an image are compared: more than 1, or more than 0 where drawn captions
    /// are compared with the greedy one.
    public var samples = 5

    public init() {}
  }

  /// Which captions of an image are compared.
  public enum Candidates: Codable, Equatable, Sendable {
    /// Those that beam search finds. Their expected reward is what grows: minimum risk training
    /// (Shen et al. 2016, arXiv 1512.02433, eq. 7) over the captions of the beam, whose shares follow
    /// from their mean log probability a word (Edunov et al. 2018, arXiv 1711.04956, section 3.2). It
    /// does not leave what beam search says, and a decoder that is unsure of itself learns from
    /// nothing else.
    case beam
    /// Drawn at random.
    case drawn(Baseline)
  }

  /// What the reward of a drawn caption is compared with.
  public enum Baseline: String, CaseIterable, Codable, Sendable {
    /// The mean reward of the image's other samples (Luo 2020, arXiv 2003.09971).
    case mean
    /// The reward of the caption that greedy search finds.
    case greedy
  }

  package let candidates: Candidates
  /// How many captions of an image are compared.
  package let samples: Int
  private let reward: CIDErDReward
  private let vocabulary: Vocabulary
  /// The most tokens of a caption.
  private let limit: Int

  /// - Parameters:
  ///   - set: what is trained on; its document frequencies are the reward's.
  ///   - limit: the most tokens of a caption, its end included.
  /// - Precondition: `samples` is above 1, or above 0 where drawn captions are compared with the
  ///   greedy one.
  package init(
    _ set: CaptionSet, vocabulary: Vocabulary, candidates: Candidates, samples: Int, limit: Int
  ) {
    precondition(samples > (candidates == .drawn(.greedy) ? 0 : 1), "\(samples), \(candidates)")
    self.candidates = candidates
    self.samples = samples
    self.vocabulary = vocabulary
    self.limit = limit
    let end = vocabulary.configuration.end
    // Words outside the vocabulary have numbers of their own: no caption matches them.
    var others: [String: Int32] = [:]
    reward = CIDErDReward(
      references: set.references.map { references in
        references.map { reference in
          captionWords(reference).map { word in
            if let id = vocabulary.id(of: word) { return Int32(id) }
            if let number = others[word] { return number }
            others[word] = Int32(vocabulary.count + others.count)
            return Int32(vocabulary.count + others.count - 1)
          } + [Int32(end)]
        }
      })
  }

  /// A caption that the decoder gives to an image.
  struct Candidate {
    let words: [Int]
    let image: Int
    let isWhole: Bool
    let reward: Double
    /// How much likelier its words should become.
    let advantage: Double
  }

  /// Captions of images to learn from.
  ///
  /// - Throws: `CaptioningError`.
  func candidates(
    of images: [Int], _ features: any FeatureSource, _ captioner: SetCaptioner,
    random: inout SeededRandom
  ) throws -> [Candidate] {
    let found: [[Hypothesis]]
    var greedy: [Double]?
    switch candidates {
    case .beam:
      var options = DecodingOptions()
      (options.beamWidth, options.top, options.maximumLength) = (samples, samples, limit)
      let shared = options
      found = try captioner.hypotheses(images, of: features, rows: samples) { _ in shared }
    case .drawn(let baseline):
      found = try drawn(images, features, captioner, random: &random)
      if baseline == .greedy { greedy = try self.greedy(images, features, captioner) }
    }
    return zip(images, found).enumerated().flatMap { place, found in
      let (image, hypotheses) = found
      let rewards = reward.scores(of: hypotheses.map(tokens), image: image)
      let advantages = advantages(of: hypotheses, rewards: rewards, greedy: greedy?[place])
      return hypotheses.indices.map { index in
        Candidate(
          words: hypotheses[index].tokens, image: image, isWhole: hypotheses[index].isFinished,
          reward: rewards[index], advantage: advantages[index])
      }
    }
  }

  /// - Parameter greedy: the reward of the greedy caption where that is the baseline.
  private func advantages(
    of hypotheses: [Hypothesis], rewards: [Double], greedy: Double?
  ) -> [Double] {
    switch candidates {
    case .beam:
      let lengths = hypotheses.map { Double($0.tokenLogProbabilities.count) }
      let slopes = Self.slopes(
        ofExpected: rewards,
        logProbabilities: zip(hypotheses, lengths).map { Double($0.logProbability) / $1 })
      // Words' losses are averaged over all words: each caption's over its own.
      let words = lengths.reduce(0, +)
      return zip(slopes, lengths).map { $0 * words / $1 }
    case .drawn:
      let sum = rewards.reduce(0, +)
      return rewards.map { $0 - (greedy ?? (sum - $0) / Double(rewards.count - 1)) }
    }
  }

  /// The derivatives of Σ qₖ rₖ with respect to the logarithms of the probabilities p, where
  /// qₖ = pₖ / Σ p.
  package static func slopes(
    ofExpected rewards: [Double], logProbabilities: [Double]
  ) -> [Double] {
    let greatest = logProbabilities.max() ?? 0
    let probabilities = logProbabilities.map { exp($0 - greatest) }
    let sum = probabilities.reduce(0, +)
    let shares = probabilities.map { $0 / sum }
    let expected = zip(shares, rewards).reduce(0) { $0 + $1.0 * $1.1 }
    return zip(shares, rewards).map { $0 * ($1 - expected) }
  }

  private func drawn(
    _ images: [Int], _ features: any FeatureSource, _ captioner: SetCaptioner,
    random: inout SeededRandom
  ) throws -> [[Hypothesis]] {
    var options = DecodingOptions()
    (options.temperature, options.top, options.maximumLength) = (1, samples, limit)
    // Drawn from all that the decoder may say, since that is whose gradient is taken.
    options.neverEmit = []
    let shared = options
    let seeds = images.map { _ in random.next() }
    return try captioner.hypotheses(images, of: features, rows: samples) { index in
      var own = shared
      own.seed = seeds[index]
      return own
    }
  }

  /// The rewards of the captions that greedy search finds.
  private func greedy(
    _ images: [Int], _ features: any FeatureSource, _ captioner: SetCaptioner
  ) throws -> [Double] {
    var options = DecodingOptions()
    (options.beamWidth, options.maximumLength) = (1, limit)
    let greedy = options
    let found = try captioner.hypotheses(images, of: features, rows: 1) { _ in greedy }
    return zip(images, found).map { image, hypotheses in
      reward.scores(of: hypotheses.prefix(1).map(tokens), image: image).first ?? 0
    }
  }

  private func tokens(_ hypothesis: Hypothesis) -> [Int32] {
    let words = hypothesis.tokens.map { Int32($0) }
    return hypothesis.isFinished ? words + [Int32(vocabulary.configuration.end)] : words
  }
}
