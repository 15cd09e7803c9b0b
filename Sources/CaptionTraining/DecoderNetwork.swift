package import Captioning
package import NeuralNet
package import Tensors

/// A decoder as training sees it: whole captions of known words at once, with the way back.
///
/// Its parameters' names are those that the decoder of the same architecture reads.
package protocol DecoderNetwork: Trainable {
  associatedtype Trace: DecoderTrace

  var embedding: Embedding { get set }
  /// From the hidden state to the logits.
  var output: Linear { get set }

  /// Random parameters.
  ///
  /// - Parameter channels: the size of what it sees of an image.
  init(
    _ configuration: DecoderConfiguration, channels: Int, vocabularySize: Int,
    random: inout SeededRandom)

  /// A trained decoder's parameters.
  ///
  /// - Throws: `WeightError`.
  init(
    _ configuration: DecoderConfiguration, channels: Int, vocabularySize: Int,
    weights: WeightReader) throws

  /// - Parameter words: the embeddings of the words that are read, `[batch.layout.rows, embedding]`.
  func forward(_ words: Tensor, _ batch: CaptionBatch, threads: Int) -> Trace

  /// One step of `forward`: of the first captions in the layout's order, as many as there are words.
  ///
  /// - Parameters:
  ///   - words: the embeddings of the words that are read, `[captions, embedding]`.
  ///   - state: after the step before, a row a caption; nil for the first step.
  /// - Returns: the state after this one.
  func step(
    _ words: Tensor, _ batch: CaptionBatch, after state: LSTMState?, threads: Int
  ) -> LSTMState

  /// - Parameters:
  ///   - outputGradient: of the loss with respect to `trace.output`.
  ///   - weightGradient: with respect to `trace.weights`; nil for zeros.
  ///   - learnsRegions: whether the gradient of the regions is asked for.
  ///   - gradients: receives the sum of what it holds and the gradients of all parameters but the
  ///     embedding's and the output's.
  /// - Returns: the gradient of `words` and, where it was asked for, that of `batch.regions`.
  func backward(
    _ trace: Trace, _ batch: CaptionBatch, outputGradient: Tensor, weightGradient: Tensor?,
    learnsRegions: Bool, gradients: inout Self, threads: Int
  ) -> (words: Tensor, regions: Tensor?)
}

package protocol DecoderTrace: Sendable {
  /// The hidden state after each word, `[layout.rows, hidden]`.
  var output: Tensor { get }
  /// Where each step looked, `[layout.rows, regions]`; nil without attention.
  var weights: Tensor? { get }
}

/// Captions and their images, of which one step learns.
package struct CaptionBatch: Sendable {
  package let layout: SequenceLayout
  /// What is read and what should follow, by row of the layout.
  package var inputs: [Int]
  package let targets: [Int]
  /// The images' numbers in the source of their features.
  package let numbers: [Int]
  /// By caption, its image's place in `numbers` and in the tensor below.
  package let images: [Int]
  /// `[images, regions, channels]`; one region where the decoder sees the embedding of the whole.
  package let regions: Tensor

  /// - Parameters:
  ///   - captions: words and the number of their image in `features`; one that is whole is followed
  ///     by the end token.
  ///   - start, end: tokens.
  /// - Precondition: there is a caption, and none is without a word unless it is whole.
  package init(
    _ captions: [(words: [Int], image: Int, isWhole: Bool)], features: any FeatureSource,
    start: Int, end: Int
  ) {
    let targets = captions.map { $0.isWhole ? $0.words + [end] : $0.words }
    layout = SequenceLayout(lengths: targets.map(\.count))
    inputs = layout.packed(targets.map { [start] + $0.dropLast() })
    self.targets = layout.packed(targets)
    var places: [Int: Int] = [:]
    var seen: [Int] = []
    images = captions.map { caption in
      if let place = places[caption.image] { return place }
      places[caption.image] = seen.count
      seen.append(caption.image)
      return seen.count - 1
    }
    numbers = seen
    regions = features.features(of: seen)
  }
}
