import NeuralNet
import Sentiment
import Tensors
import TestSupport
import Testing

@Suite struct PackedTextEncoderTests {
  @Test(arguments: [1, 2], [true, false])
  func `states are those of training`(layers: Int, isBidirectional: Bool) {
    var configuration = TextNetworkConfiguration()
    configuration.embedding = 5
    configuration.hidden = 9
    configuration.layers = layers
    configuration.isBidirectional = isBidirectional
    configuration.buckets = 8
    var random = SeededRandom(seed: 1)
    let encoder = TextEncoder(configuration, words: 12, random: &random)
    let windows: [[Int32]] = [[3, -1, 5, 5], [1, 2, 3, -2, 7, 3, 3], [11], [4, 4, 9, 10]]
    let layout = SequenceLayout(lengths: windows.map(\.count))
    let batch = WordBatch(tokens: layout.packed(windows), pieces: [[1, 3, 5], [2, 2]])
    let trained = encoder(
      batch, layout, regularization: .init(embedding: 0, states: 0), random: &random)
    let read = PackedTextEncoder(encoder).states(batch, layout)
    #expect(read.shape == trained.states.shape)
    #expect(relativeError(read.elements, trained.states.elements) < 1e-6)
  }
}
