/// How the labels that a classifier found agree with those that people gave.
package struct LabelScores: Equatable, Sendable {
  /// In the order of the table.
  package let labels: [String]
  /// How many were given the label of the row and found to have that of the column.
  package private(set) var counts: [[Int]]

  package init(labels: [String]) {
    self.labels = labels
    counts = labels.map { _ in labels.map { _ in 0 } }
  }

  /// - Precondition: both labels are among `labels`.
  package mutating func add(given: String, found: String, count: Int = 1) {
    guard let row = labels.firstIndex(of: given), let column = labels.firstIndex(of: found) else {
      preconditionFailure("“\(given)” or “\(found)” is not among \(labels)")
    }
    counts[row][column] += count
  }

  /// All that were compared.
  package var count: Int { counts.joined().reduce(0, +) }

  /// The share that agrees; nil where there is nothing to compare.
  package var accuracy: Double? { ratio(labels.indices.reduce(0) { $0 + counts[$1][$1] }, count) }

  /// The mean of the labels' F1, as scikit-learn's `f1_score(average="macro")`, over those that were
  /// given or found; nil where there is nothing to compare.
  package var macroF1: Double? {
    let scores = labels.compactMap { self[$0] }.filter { $0.given + $0.found > 0 }
    guard !scores.isEmpty else { return nil }
    return scores.reduce(0) { $0 + ($1.f1 ?? 0) } / Double(scores.count)
  }

  /// How well one label was found.
  package struct Label: Equatable, Sendable {
    /// How many were given it.
    package let given: Int
    /// How many were found to have it.
    package let found: Int
    /// How many of those were given it.
    package let right: Int

    /// Nil where none was found.
    package var precision: Double? { ratio(right, found) }
    /// Nil where none was given it.
    package var recall: Double? { ratio(right, given) }
    /// The harmonic mean of both; nil where none was given it or found.
    package var f1: Double? { ratio(2 * right, given + found) }
  }

  /// Nil for a label that is not among `labels`.
  package subscript(label: String) -> Label? {
    labels.firstIndex(of: label).map { index in
      Label(
        given: counts[index].reduce(0, +), found: counts.reduce(0) { $0 + $1[index] },
        right: counts[index][index])
    }
  }
}

private func ratio(_ part: Int, _ whole: Int) -> Double? {
  whole == 0 ? nil : Double(part) / Double(whole)
}
