internal import Captioning
internal import Datasets
package import Language
internal import Metrics
internal import Tensors

/// Self-critical sequence training (Rennie et al. 2017, arXiv 1612.00563): captions are drawn from
/// the decoder, and those that score better than a baseline are made likelier, the others less
/// likely. The gradient is that of −(reward − baseline) log p of the drawn words.
package struct SelfCritical: Sendable {
  package enum Baseline: String, CaseIterable, Codable, Sendable {
    /// The mean reward of the image's other samples (Luo 2020, arXiv 2003.09971).
    case mean
    /// The reward of the caption that greedy search finds.
    case greedy
  }

  package let baseline: Baseline
  /// How many captions are drawn of an image.
  package let samples: Int
  private let reward: CIDErDReward
  private let vocabulary: Vocabulary
  /// The most tokens of a caption.
  private let limit: Int

  /// - Parameters:
  ///   - set: what is trained on; its document frequencies are the reward's.
  ///   - limit: the most tokens of a caption, its end included.
  /// - Precondition: `samples` is above 0, and above 1 for the mean as a baseline.
  package init(
    _ set: CaptionSet, vocabulary: Vocabulary, baseline: Baseline, samples: Int, limit: Int
  ) {
    precondition(samples > (baseline == .mean ? 1 : 0), "\(samples) samples, baseline \(baseline)")
    self.baseline = baseline
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

  /// A drawn caption.
  struct Sample {
    let words: [Int]
    let image: Int
    let isWhole: Bool
    let reward: Double
    /// The reward less the baseline.
    let advantage: Double
  }

  /// Draws captions of images.
  ///
  /// - Throws: `CaptioningError`.
  func samples(
    of images: [Int], _ features: any FeatureSource, _ captioner: SetCaptioner,
    random: inout SeededRandom
  ) throws -> [Sample] {
    var options = DecodingOptions()
    (options.temperature, options.top, options.maximumLength) = (1, samples, limit)
    // Drawn from all that the decoder may say, since that is whose gradient is taken.
    options.neverEmit = []
    let shared = options
    let seeds = images.map { _ in random.next() }
    let drawn = try captioner.hypotheses(images, of: features, rows: samples) { index in
      var own = shared
      own.seed = seeds[index]
      return own
    }
    let greedy = try baseline == .greedy ? greedy(images, features, captioner) : nil
    return zip(images, drawn).enumerated().flatMap { place, found in
      let (image, hypotheses) = found
      let rewards = reward.scores(of: hypotheses.map(tokens), image: image)
      let sum = rewards.reduce(0, +)
      return zip(hypotheses, rewards).map { hypothesis, reward in
        Sample(
          words: hypothesis.tokens, image: image, isWhole: hypothesis.isFinished, reward: reward,
          advantage: reward - (greedy?[place] ?? (sum - reward) / Double(rewards.count - 1)))
      }
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
