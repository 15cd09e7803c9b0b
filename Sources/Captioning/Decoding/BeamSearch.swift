/// Beam search: keeps the likeliest partial captions, and lets every finished one compete by its
/// score under the length penalty.
///
/// At each step the best 2 · width continuations of all live captions are ranked. One that ends
/// leaves the beam if it is among the first width of them; the best width others live on. The
/// search ends when width captions have finished, at the greatest length, or when no caption can go
/// on. If none has finished, the best live one is the result. Width 1 is greedy search.
///
/// With diverse groups (Vijayakumar et al., arXiv 1610.02424), each group is a beam of width /
/// groups that ranks continuations after taking `diversityStrength` off a word for each time that
/// earlier groups chose it at this step; the scores of hypotheses stay those of the model.
package struct BeamSearch: Sendable {
  private let options: DecodingOptions
  private let rules: TokenRules

  /// - Precondition: the options are valid.
  package init(_ options: DecodingOptions, rules: TokenRules) {
    precondition(
      options.beamWidth >= 1 && options.diverseGroups >= 1
        && options.beamWidth % options.diverseGroups == 0,
      "beam width \(options.beamWidth) in \(options.diverseGroups) groups")
    self.options = options
    self.rules = rules
  }

  /// The best captions, at most `options.top`, best first: finished ones by score, then, if they
  /// are too few, those without an end.
  package func callAsFunction(_ model: inout some StepModel) -> [Hypothesis] {
    let width = options.beamWidth / options.diverseGroups
    var groups = [Group](repeating: Group(), count: options.diverseGroups)
    var rows = StepRows(vocabularySize: model.vocabularySize)
    for step in 0..<options.maximumLength {
      if step == 0 {
        model.start(into: &rows)
        rules.apply(to: &rows, row: 0, after: [])
      } else {
        var parents: [Int] = []
        var tokens: [Int] = []
        for index in groups.indices where groups[index].isOpen {
          groups[index].collect(&parents, &tokens)
        }
        if parents.isEmpty { break }
        model.advance(parents: parents, tokens: tokens, into: &rows)
        for caption in groups.lazy.filter(\.isOpen).flatMap(\.live) {
          rules.apply(to: &rows, row: caption.row, after: caption.tokens)
        }
      }
      var chosen: [Int: Int] = [:]
      for index in groups.indices where groups[index].isOpen {
        let candidates = rank(groups[index].live, chosen, count: 2 * width, in: &rows)
        groups[index].take(
          candidates, width: width, end: rules.end, from: rows,
          lengthPenalty: options.lengthPenalty)
        guard index + 1 < groups.count else { continue }
        for caption in groups[index].live {
          if let token = caption.tokens.last { chosen[token, default: 0] += 1 }
        }
      }
    }
    return results(of: groups)
  }

  /// The best continuations of the group's live captions, whose rows are places in `live`.
  ///
  /// - Parameter chosen: how often earlier groups chose a word at this step.
  private func rank(
    _ live: [PartialHypothesis], _ chosen: [Int: Int], count: Int, in rows: inout StepRows
  ) -> CandidateList {
    var list = CandidateList(capacity: count)
    for (place, caption) in live.enumerated() {
      rows.withRow(caption.row) { row in
        let plain = chosen.keys.map { ($0, row[$0]) }
        for (token, times) in chosen {
          row[token] -= options.diversityStrength * Float(times)
        }
        list.offer(
          UnsafeBufferPointer(row), base: caption.logProbability, row: place)
        for (token, value) in plain { row[token] = value }
      }
    }
    return list
  }

  private func results(of groups: [Group]) -> [Hypothesis] {
    func sorted(_ hypotheses: [Hypothesis]) -> [Hypothesis] {
      hypotheses.enumerated()
        .sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
        .map(\.element)
    }
    let finished = sorted(groups.flatMap(\.finished))
    let cut = sorted(
      groups.flatMap(\.live).map { $0.cut(lengthPenalty: options.lengthPenalty) })
    var results: [Hypothesis] = []
    for hypothesis in finished + cut where results.count < options.top {
      // Groups may find the same caption.
      let isNew = !results.contains {
        $0.tokens == hypothesis.tokens && $0.isFinished == hypothesis.isFinished
      }
      if isNew { results.append(hypothesis) }
    }
    return results
  }
}

/// One of the beams that are searched side by side.
private struct Group {
  /// The captions that may go on, best first.
  var live = [PartialHypothesis()]
  var finished: [Hypothesis] = []
  var isOpen = true

  /// Adds the next step's rows of this group to the model's input.
  mutating func collect(_ parents: inout [Int], _ tokens: inout [Int]) {
    for place in live.indices {
      guard let token = live[place].tokens.last else { continue }
      parents.append(live[place].row)
      tokens.append(token)
      live[place].row = parents.count - 1
    }
  }

  /// Replaces the live captions by their best continuations and sets finished ones aside.
  mutating func take(
    _ list: CandidateList, width: Int, end: Int, from rows: StepRows,
    lengthPenalty: LengthPenalty
  ) {
    if list.candidates.isEmpty {
      isOpen = false
      return
    }
    var next: [PartialHypothesis] = []
    for (rank, candidate) in list.candidates.enumerated() {
      let caption = live[candidate.row]
      if candidate.token != end {
        if next.count < width { next.append(caption.adding(candidate.token, from: rows)) }
      } else if rank < width {
        finished.append(caption.finished(end: end, from: rows, lengthPenalty: lengthPenalty))
      }
    }
    live = next
    isOpen = !live.isEmpty && finished.count < width
  }
}
