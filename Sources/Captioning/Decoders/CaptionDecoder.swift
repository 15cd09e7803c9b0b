import NeuralNet
import Tensors

/// A network that says, word by word, what is likely to come next in the caption of an image.
///
/// The weights are immutable and shared by all threads. A worker owns one `DecoderState`, made
/// once, and the state holds several partial captions of one image as rows.
package protocol CaptionDecoder: Sendable {
  /// The size of a region and of the pooled embedding.
  var channels: Int { get }
  /// The number of logits.
  var vocabularySize: Int { get }
  /// Where the weights are from.
  var path: String { get }

  /// The memory for captions of at most `rows` rows at a time, one image after the other.
  func makeState(rows: Int, threads: Int) -> DecoderState

  /// Begins an image: leaves one row, whose logits are those of the caption's first token.
  func start(_ features: ImageFeatures, in state: DecoderState)

  /// Continues row `parents[r]` with `tokens[r]`, which becomes row r, and computes the logits of
  /// the token after.
  ///
  /// A parent may have several continuations or none.
  ///
  /// - Precondition: as many tokens as parents, at most the state's rows; every parent is a row.
  func advance(parents: [Int], tokens: [Int], in state: DecoderState)
}

/// Everything that changes while an image is captioned. Made by the decoder that it is used with;
/// not for two threads at a time.
package final class DecoderState {
  package let capacity: Int
  package let threads: Int
  /// How many rows there are.
  package internal(set) var rows = 0
  /// The number of regions that the decoder attends to; 0 for a decoder without attention.
  package internal(set) var regionCount = 0

  let hidden: AlignedBuffer
  let cell: AlignedBuffer
  let joined: AlignedBuffer
  let gates: AlignedBuffer
  let query: AlignedBuffer
  let contextGate: AlignedBuffer
  let logitBuffer: AlignedBuffer
  /// Sized by the image.
  var regions = AlignedBuffer(count: 0)
  var keys = AlignedBuffer(count: 0)
  var weights = AlignedBuffer(count: 0)
  private let spare: AlignedBuffer
  private let vocabularySize: Int

  init(
    rows: Int, threads: Int, cell: PackedLSTMCell, vocabularySize: Int, attention: Int = 0,
    context: Int = 0
  ) {
    precondition(rows > 0 && threads > 0, "\(rows) rows, \(threads) threads")
    capacity = rows
    self.threads = threads
    self.vocabularySize = vocabularySize
    hidden = AlignedBuffer(count: rows * cell.hidden)
    self.cell = AlignedBuffer(count: rows * cell.hidden)
    spare = AlignedBuffer(count: rows * cell.hidden)
    joined = AlignedBuffer(count: rows * cell.joinedSize)
    gates = AlignedBuffer(count: rows * cell.gatesSize)
    query = AlignedBuffer(count: rows * attention)
    contextGate = AlignedBuffer(count: rows * context)
    logitBuffer = AlignedBuffer(count: rows * vocabularySize)
  }

  /// `[rows, vocabulary]`, until the next step.
  package var logits: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: logitBuffer.base, count: rows * vocabularySize)
  }

  /// `[rows, regions]`: where each row looked to find its logits, until the next step.
  package var attention: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: weights.base, count: rows * regionCount)
  }

  /// Makes row r the former row `parents[r]`.
  func reorder(_ parents: [Int], hiddenSize: Int) {
    precondition(
      parents.count <= capacity && parents.allSatisfy { $0 >= 0 && $0 < rows },
      "parents \(parents) among \(rows) rows of \(capacity)")
    let used = rows * hiddenSize
    rows = parents.count
    if parents == Array(0..<rows) { return }
    for buffer in [hidden, cell] {
      spare.base.update(from: buffer.base, count: used)
      for (row, parent) in parents.enumerated() {
        (buffer.base + row * hiddenSize).update(
          from: spare.base + parent * hiddenSize, count: hiddenSize)
      }
    }
  }
}
