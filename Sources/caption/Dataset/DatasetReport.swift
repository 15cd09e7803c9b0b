import Datasets

/// What was found wrong with a dataset, in few words.
struct DatasetReport {
  private let problems: [DatasetProblem.Kind: [DatasetProblem]]

  init(_ problems: [DatasetProblem]) {
    self.problems = Dictionary(grouping: problems, by: \.kind)
  }

  /// How many there are of each kind.
  var counts: [String: Int] {
    [String: Int](
      uniqueKeysWithValues: problems.map { kind, found in (kind.rawValue, found.count) })
  }

  /// The first of each kind, of what is more than a remark the first five.
  ///
  /// - Parameter dataset: what it is called in the store; nil where it is not kept there.
  func summary(dataset: String?) -> [String] {
    DatasetProblem.Kind.allCases.flatMap { kind -> [String] in
      guard let found = problems[kind] else { return [] }
      let shown = found.prefix(kind.severity == .remark ? 1 : 5)
      let rest = found.count - shown.count
      let lister = dataset.map { "; “caption dataset check \($0)” lists them" } ?? ""
      let more = rest == 0 ? [] : ["\(kind.rawValue): and \(rest) more\(lister)"]
      return shown.map(\.sentence) + more
    }
  }

  /// Why nothing is imported where nothing may be wrong.
  var refusal: String? {
    let grave = problems.filter { $0.key.severity > .remark }
    guard !grave.isEmpty else { return nil }
    let count = grave.reduce(0) { $0 + $1.value.count }
    return counted(count, "thing") + (count == 1 ? " is" : " are")
      + " wrong with the dataset; nothing was imported"
  }
}
