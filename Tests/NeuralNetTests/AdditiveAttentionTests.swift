import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct AdditiveAttentionTests {
  func attention(_ activation: VectorMath.AttentionActivation) -> AdditiveAttention {
    AdditiveAttention(
      encoderProjection: Linear(
        weight: randomTensor([6, 4], seed: 3), bias: randomTensor([6], seed: 4)),
      decoderProjection: Linear(
        weight: randomTensor([6, 5], seed: 5), bias: randomTensor([6], seed: 6)),
      score: Linear(weight: randomTensor([1, 6], seed: 7), bias: randomTensor([1], seed: 8)),
      activation: activation)
  }

  // With t = lambda shape, seed: torch.from_numpy(random_tensor(shape, seed)), the function of
  // Scripts/references/seeded.py, and linear = torch.nn.functional.linear:
  // a, h = t((3, 4), 1), t((2, 5), 2)
  // keys = linear(a, t((6, 4), 3), t((6,), 4))
  // query = linear(h, t((6, 5), 5), t((6,), 6))
  // e = linear(torch.relu(keys[None] + query[:, None]), t((1, 6), 7), t((1,), 8))[:, :, 0]
  // alpha = torch.softmax(e, 1); context = alpha @ a       (and with torch.tanh)
  @Test func `context and weights are PyTorch's, with ReLU and with tanh`() {
    let golden: [(VectorMath.AttentionActivation, context: [Float], weights: [Float])] = [
      (
        .relu,
        [
          -0.05233573913574219, 0.5205858945846558, 0.6784541010856628, 0.001226428896188736,
          -0.04512616619467735, 0.519258439540863, 0.696581244468689, -0.002702999860048294,
        ],
        [
          0.4660908579826355, 0.36110320687294006, 0.17280589044094086, 0.4722978174686432,
          0.37282130122184753, 0.15488091111183167,
        ]
      ),
      (
        .tanh,
        [
          -0.062063779681921005, 0.5224176645278931, 0.6523918509483337, 0.006438136100769043,
          -0.09348366409540176, 0.5278346538543701, 0.5879550576210022, 0.02438366785645485,
        ],
        [
          0.460674911737442, 0.34005311131477356, 0.1992720514535904, 0.4067448377609253,
          0.33657142519950867, 0.2566837966442108,
        ]
      ),
    ]
    for (activation, context, weights) in golden {
      let result = attention(activation)(
        randomTensor([3, 4], seed: 1), hidden: randomTensor([2, 5], seed: 2))
      #expect(result.context.shape == [2, 4] && result.weights.shape == [2, 3])
      #expect(relativeError(result.context.elements, context) < 1e-6)
      #expect(relativeError(result.weights.elements, weights) < 1e-6)
    }
  }

  @Test func `a checkpoint's keys are those of the tutorial`() throws {
    let source = SeededWeights(seed: 1)
    let read = try AdditiveAttention(
      WeightReader(source)["attention"], channels: 4, hidden: 5, size: 6, activation: .relu)
    #expect(
      read.encoderProjection.weight
        == source.tensor("attention.encoder_att.weight", shape: [6, 4]))
    #expect(
      read.decoderProjection.weight
        == source.tensor("attention.decoder_att.weight", shape: [6, 5]))
    #expect(read.score.weight == source.tensor("attention.full_att.weight", shape: [1, 6]))
  }

  @Test func `a new attention is random, and its weights sum to one`() {
    var random = SeededRandom(seed: 1)
    let attention = AdditiveAttention(
      channels: 4, hidden: 5, size: 6, activation: .tanh, random: &random)
    let weights = attention(
      randomTensor([3, 4], seed: 1), hidden: randomTensor([1, 5], seed: 2)
    ).weights.elements
    #expect(abs(weights.reduce(0, +) - 1) < 1e-6)
    #expect(weights[0] != weights[1])
  }
}
