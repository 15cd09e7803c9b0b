/// What a search needs to know of a model: which token comes next, for several partial captions at
/// a time.
package protocol StepModel {
  var vocabularySize: Int { get }

  /// Begins a caption: fills one row, for the first token.
  mutating func start(into rows: inout StepRows)

  /// Continues row `parents[r]` of the last call with `tokens[r]`, and fills row r for the token
  /// after.
  mutating func advance(parents: [Int], tokens: [Int], into rows: inout StepRows)
}

/// What a model says of the next token of each row.
package struct StepRows: Sendable {
  package let vocabularySize: Int
  /// `[rows, vocabulary]`: natural logarithms of probabilities.
  package var logProbabilities: [Float] = []
  /// `[rows, regions]`, or empty for a model without attention.
  package var attention: [Float] = []

  package init(vocabularySize: Int) {
    self.vocabularySize = vocabularySize
  }

  func attention(of row: Int) -> [Float] {
    let regions = attention.count * vocabularySize / max(1, logProbabilities.count)
    return Array(attention[row * regions..<(row + 1) * regions])
  }

  /// Gives access to one row's log probabilities, `[vocabulary]`.
  mutating func withRow<Result>(
    _ row: Int, _ body: (UnsafeMutableBufferPointer<Float>) -> Result
  ) -> Result {
    logProbabilities.withUnsafeMutableBufferPointer { all in
      body(
        UnsafeMutableBufferPointer(
          rebasing: all[row * vocabularySize..<(row + 1) * vocabularySize]))
    }
  }
}
