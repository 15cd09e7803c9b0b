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
///
/// With required words (Anderson et al., arXiv 1612.00576), each group is a beam of that width for
/// each set of constraints that captions may have satisfied, and what ends in one set does not hold
/// up the others: the group ends when width captions that satisfy all have finished. All results
/// satisfy equally many constraints, as many as any caption that was found. Beams without captions
/// take no rows of the model.
package struct BeamSearch: Sendable {
  private let options: DecodingOptions
  private let rules: TokenRules
  private let states: ConstraintStates

  /// - Precondition: the options are valid.
  package init(_ options: DecodingOptions, rules: TokenRules) {
    precondition(
      options.beamWidth >= 1 && options.diverseGroups >= 1
        && options.beamWidth % options.diverseGroups == 0,
      "beam width \(options.beamWidth) in \(options.diverseGroups) groups")
    self.options = options
    self.rules = rules
    states = ConstraintStates(rules.required)
  }

  /// The best captions, at most `options.top`, best first: of those that satisfy the most
  /// constraints the finished ones by score, then, if they are too few, those without an end.
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
          candidates, width: width, end: rules.end, states: states, from: rows,
          lengthPenalty: options.lengthPenalty)
        guard index + 1 < groups.count else { continue }
        for caption in groups[index].live {
          if let token = caption.tokens.last { chosen[token, default: 0] += 1 }
        }
      }
    }
    return results(of: groups)
  }

  /// The best continuations of the group's live captions into each state, whose rows are places in
  /// `live`.
  ///
  /// - Parameters:
  ///   - chosen: how often earlier groups chose a word at this step.
  ///   - count: the most continuations into a state.
  private func rank(
    _ live: [PartialHypothesis], _ chosen: [Int: Int], count: Int, in rows: inout StepRows
  ) -> [CandidateList] {
    var lists = [CandidateList](
      repeating: CandidateList(capacity: count), count: states.count)
    for (place, caption) in live.enumerated() {
      let state = states.state(of: caption.tokens)
      rows.withRow(caption.row) { row in
        let plain = chosen.keys.map { ($0, row[$0]) }
        for (token, times) in chosen {
          row[token] -= options.diversityStrength * Float(times)
        }
        // What satisfies another constraint leads into another state's beam.
        let leading = states.tokens.filter { $0.bits & ~state != 0 }
          .map { (token: $0.token, state: state | $0.bits, value: row[$0.token]) }
        for (token, next, value) in leading {
          lists[next].offer(
            Candidate(row: place, token: token, score: caption.logProbability + value))
          row[token] = -.infinity
        }
        lists[state].offer(
          UnsafeBufferPointer(row), base: caption.logProbability, row: place)
        for (token, _, value) in leading { row[token] = value }
        for (token, value) in plain { row[token] = value }
      }
    }
    return lists
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
    let found = finished + cut
    let most = found.map { rules.satisfied(by: $0.tokens) }.max() ?? 0
    var results: [Hypothesis] = []
    for hypothesis in found
    where results.count < options.top && rules.satisfied(by: hypothesis.tokens) == most {
      // Groups may find the same caption.
      let isNew = !results.contains {
        $0.tokens == hypothesis.tokens && $0.isFinished == hypothesis.isFinished
      }
      if isNew { results.append(hypothesis) }
    }
    return results
  }
}

/// One of the groups that are searched side by side.
private struct Group {
  /// The captions that may go on: those of each state together, best first.
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

  /// Replaces the live captions by their best continuations, at most `width` into each state, and
  /// sets finished ones aside.
  ///
  /// - Parameter lists: by state.
  mutating func take(
    _ lists: [CandidateList], width: Int, end: Int, states: ConstraintStates,
    from rows: StepRows, lengthPenalty: LengthPenalty
  ) {
    if lists.allSatisfy(\.candidates.isEmpty) {
      isOpen = false
      return
    }
    var next: [PartialHypothesis] = []
    for list in lists {
      var places = width
      for (rank, candidate) in list.candidates.enumerated() {
        let caption = live[candidate.row]
        if candidate.token != end {
          guard places > 0 else { continue }
          next.append(caption.adding(candidate.token, from: rows))
          places -= 1
        } else if rank < width {
          finished.append(caption.finished(end: end, from: rows, lengthPenalty: lengthPenalty))
        }
      }
    }
    live = next
    let complete = finished.count { states.state(of: $0.tokens) == states.complete }
    isOpen = !live.isEmpty && complete < width
  }
}
