/// Aligns candidates with references word by word, where words are equal or have one stem: each
/// word is matched once at most, as many as can be, equal ones first, in as few runs as can be, and
/// then with words as close to each other as can be.
struct MeteorAligner {
  struct Match: Equatable {
    let candidate: Int
    let reference: Int
    let kind: MeteorMatch
  }

  struct Alignment: Equatable {
    /// In the candidate's order.
    var matches: [Match] = []
    var chunks = 0
  }

  /// How many alignments are kept from word to word, as many as METEOR keeps. Long captions get
  /// fewer, so that time does not grow without bound.
  private static let beamWidth = 40
  private static let fullBeamPairs = 1 << 16

  /// By word.
  private let stems: [UInt32]

  /// - Parameter stems: the number of each word's stem, by the word's number.
  init(stems: [UInt32]) {
    self.stems = stems
  }

  func align(_ candidate: ArraySlice<UInt32>, _ reference: ArraySlice<UInt32>) -> Alignment {
    let (candidate, reference) = (Array(candidate), Array(reference))
    let choices = choices(candidate, reference)
    let pairs = candidate.count * reference.count
    let width = max(1, min(Self.beamWidth, Self.beamWidth * Self.fullBeamPairs / max(1, pairs)))
    var beam = [Hypothesis(referenceLength: reference.count)]
    for (place, choice) in choices.enumerated() where !choice.places.isEmpty {
      var steps: [Step] = []
      for (index, hypothesis) in beam.enumerated() {
        if !choice.isFixed { steps.append(Step(from: index, standing: hypothesis.standing)) }
        for other in choice.places where !hypothesis.isUsed(other) {
          let kind: MeteorMatch = candidate[place] == reference[other] ? .exact : .stem
          let match = Match(candidate: place, reference: other, kind: kind)
          steps.append(
            Step(from: index, match: match, standing: hypothesis.standing(with: match)))
        }
      }
      if steps.count > width { steps.sort { $0.standing.isBetter(than: $1.standing) } }
      beam = Self.taken(steps, from: beam, place: place, width: width)
    }
    guard let best = beam.min(by: { $0.standing.isBetter(than: $1.standing) }) else {
      return Alignment()
    }
    return Alignment(matches: best.matches, chunks: best.standing.chunks)
  }

  /// The hypotheses that the first `width` steps lead to. Of those that can go on in the same ways,
  /// the first is enough.
  private static func taken(
    _ steps: [Step], from beam: [Hypothesis], place: Int, width: Int
  ) -> [Hypothesis] {
    guard steps.count > width else { return steps.map { beam[$0.from].taking($0) } }
    var next: [Hypothesis] = []
    var seen: Set<Hypothesis.Continuation> = []
    for step in steps where next.count < width {
      let hypothesis = beam[step.from].taking(step)
      if seen.insert(hypothesis.continuation(after: place)).inserted { next.append(hypothesis) }
    }
    return next
  }

  /// Where in the reference each word of the candidate may be matched.
  private func choices(_ candidate: [UInt32], _ reference: [UInt32]) -> [Choice] {
    var places: [UInt32: [Int]] = [:]
    for (place, word) in reference.enumerated() {
      places[stems[Int(word)], default: []].append(place)
    }
    var occurrences: [UInt32: Int] = [:]
    for word in candidate { occurrences[stems[Int(word)], default: 0] += 1 }
    return candidate.map { word in
      let stem = stems[Int(word)]
      let places = places[stem] ?? []
      return Choice(places: places, isFixed: places.count == 1 && occurrences[stem] == 1)
    }
  }

  private struct Choice {
    let places: [Int]
    /// Whether it is the only choice of both words, and so part of every best alignment.
    let isFixed: Bool
  }

  /// How good an alignment is so far.
  private struct Standing {
    var chunks = 0
    /// Twice the number of equal words and the number of those with one stem.
    var weight = 0
    /// How far matched words are from each other, all together.
    var distance = 0

    func isBetter(than other: Standing) -> Bool {
      if weight != other.weight { return weight > other.weight }
      if chunks != other.chunks { return chunks < other.chunks }
      return distance < other.distance
    }
  }

  /// What to do with a word of the candidate: to match it, or not.
  private struct Step {
    /// The hypothesis that it follows.
    let from: Int
    var match: Match?
    /// How good the alignment is afterwards.
    let standing: Standing
  }

  private struct Hypothesis {
    private(set) var matches: [Match] = []
    private(set) var standing = Standing()
    /// A bit for each word of the reference.
    private var used: [UInt64]

    init(referenceLength: Int) {
      used = [UInt64](repeating: 0, count: (referenceLength + 63) / 64)
    }

    func isUsed(_ place: Int) -> Bool { used[place / 64] >> UInt64(place % 64) & 1 == 1 }

    func standing(with match: Match) -> Standing {
      var standing = standing
      let continues =
        matches.last.map {
          $0.candidate + 1 == match.candidate && $0.reference + 1 == match.reference
        } ?? false
      if !continues { standing.chunks += 1 }
      standing.weight += match.kind == .exact ? 2 : 1
      standing.distance += abs(match.candidate - match.reference)
      return standing
    }

    func taking(_ step: Step) -> Hypothesis {
      guard let match = step.match else { return self }
      var longer = self
      longer.standing = step.standing
      longer.used[match.reference / 64] |= 1 << UInt64(match.reference % 64)
      longer.matches.append(match)
      return longer
    }

    /// All that what follows depends on.
    struct Continuation: Hashable {
      let used: [UInt64]
      /// The word of the reference that continues the last run; nil where the run has ended.
      let next: Int?
    }

    /// - Parameter place: the candidate's last word that is decided on.
    func continuation(after place: Int) -> Continuation {
      let last = matches.last.flatMap { $0.candidate == place ? $0.reference + 1 : nil }
      return Continuation(used: used, next: last)
    }
  }
}
