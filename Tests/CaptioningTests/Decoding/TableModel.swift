import Captioning
import Foundation

/// A model whose every answer is written down: the probabilities of the next token after given
/// tokens.
struct TableModel: StepModel {
  let vocabularySize: Int
  /// The numbers of regions and their weights after given tokens.
  var attention: ([Int]) -> [Float] = { _ in [] }
  let next: ([Int]) -> [Float]
  /// The tokens of each row.
  private(set) var rows: [[Int]] = []
  /// All that was ever asked for: how many rows in each call, and every partial caption.
  private(set) var calls: [Int] = []
  private(set) var asked: [[Int]] = []

  /// - Parameter probabilities: of the next token, `[vocabulary]`, by the tokens before it. After
  ///   tokens that are not listed, `end` is certain.
  init(_ probabilities: [[Int]: [Float]], end: Int = 0) {
    let size = probabilities.values.map(\.count).max() ?? 1
    vocabularySize = size
    next = { tokens in
      let row = probabilities[tokens] ?? (0..<size).map { $0 == end ? 1 : 0 }
      return row.map { log($0) }
    }
  }

  /// - Parameter logProbabilities: of the next token, `[vocabulary]`, by the tokens before it.
  init(vocabularySize: Int, logProbabilities: @escaping ([Int]) -> [Float]) {
    self.vocabularySize = vocabularySize
    next = logProbabilities
  }

  mutating func start(into output: inout StepRows) {
    fill([[]], &output)
  }

  mutating func advance(parents: [Int], tokens: [Int], into output: inout StepRows) {
    fill(zip(parents, tokens).map { rows[$0] + [$1] }, &output)
  }

  private mutating func fill(_ rows: [[Int]], _ output: inout StepRows) {
    self.rows = rows
    calls.append(rows.count)
    asked += rows
    output.logProbabilities = rows.flatMap(next)
    output.attention = rows.flatMap(attention)
  }
}
