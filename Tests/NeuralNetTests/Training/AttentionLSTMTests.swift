import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct AttentionLSTMTests {
  let layout = SequenceLayout(lengths: [3, 5, 1, 4])
  let words = randomTensor([13, 5], seed: 11)
  let initial = LSTMState(
    hidden: randomTensor([4, 9], seed: 13), cell: randomTensor([4, 9], seed: 14))

  func layer(_ activation: VectorMath.AttentionActivation, hasGate: Bool) -> AttentionLSTM {
    AttentionLSTM(
      attention: AdditiveAttention(
        encoderProjection: Linear(
          weight: randomTensor([6, 7], seed: 1), bias: randomTensor([6], seed: 2)),
        decoderProjection: Linear(
          weight: randomTensor([6, 9], seed: 3), bias: randomTensor([6], seed: 4)),
        score: Linear(weight: randomTensor([1, 6], seed: 5), bias: nil), activation: activation),
      contextGate: hasGate
        ? Linear(weight: randomTensor([7, 9], seed: 6), bias: randomTensor([7], seed: 7)) : nil,
      cell: LSTMCell(
        weightIH: randomTensor([36, 12], seed: 8), weightHH: randomTensor([36, 9], seed: 9),
        biases: [randomTensor([36], seed: 10)]))
  }

  // Scripts/references/training.py, attention_lstm
  @Test(
    arguments: [
      ("gate", VectorMath.AttentionActivation.relu, [0, 1, 2, 3]), ("tanh", .tanh, [1, 0, 1, 1]),
    ], [1, 2])
  func `outputs and gradients are PyTorch's`(
    golden: (name: String, activation: VectorMath.AttentionActivation, images: [Int]),
    threads: Int
  ) throws {
    let layer = layer(golden.activation, hasGate: golden.name == "gate")
    let regions = randomTensor([golden.name == "gate" ? 4 : 2, 3, 7], seed: 12)
    let trace = layer.forward(
      words, layout, regions: regions, images: golden.images, initial: initial, threads: threads)
    let references = try TrainingReferences("attention-lstm-\(golden.name)")
    try references.expect(trace.output, "output")
    try references.expect(trace.weights, "alpha")
    var gradients = layer.zeros()
    let found = layer.backward(
      trace, randomTensor([13, 9], seed: 15), weightGradient: randomTensor([13, 3], seed: 16),
      gradients: &gradients, threads: threads)
    try references.expect(found.words, "words")
    try references.expect(found.regions, "regions")
    try references.expect(found.initial.hidden, "initial_hidden")
    try references.expect(found.initial.cell, "initial_cell")
    try references.expect(gradients: gradients)
  }

  @Test(arguments: [true, false])
  func `gradients are the slopes of the loss`(hasGate: Bool) throws {
    let layer = layer(.tanh, hasGate: hasGate)
    let regions = randomTensor([4, 3, 7], seed: 12)
    let slope = randomTensor([13, 9], seed: 15)
    func loss(_ layer: AttentionLSTM, words: Tensor, regions: Tensor) -> Double {
      dot(layer.forward(words, layout, regions: regions, initial: initial).output, slope)
    }
    var gradients = layer.zeros()
    let trace = layer.forward(words, layout, regions: regions, initial: initial)
    let found = layer.backward(trace, slope, gradients: &gradients)
    expectGradient(found.words, at: words) { loss(layer, words: $0, regions: regions) }
    expectGradient(found.regions, at: regions) { loss(layer, words: words, regions: $0) }
    try expectGradients(gradients, at: layer) { loss($0, words: words, regions: regions) }
    var again = layer.zeros()
    let rest = layer.backward(trace, slope, gradients: &again, skipsRegions: true)
    #expect(rest.words == found.words && again.tensors == gradients.tensors)
  }

  @Test func `a step is that of the attention, the gate and the cell`() {
    let layer = layer(.relu, hasGate: true)
    let regions = randomTensor([1, 3, 7], seed: 12)
    let state = LSTMState(
      hidden: randomTensor([1, 9], seed: 13), cell: randomTensor([1, 9], seed: 14))
    let word = randomTensor([1, 5], seed: 11)
    let trace = layer.forward(
      word, SequenceLayout(lengths: [1]), regions: regions, initial: state)
    var (context, weights) = layer.attention(regions.reshaped([3, 7]), hidden: state.hidden)
    let gate = layer.contextGate.map { ActivationFunction.sigmoid($0(state.hidden)) }
    for channel in 0..<7 { context.elements[channel] *= gate?.elements[channel] ?? 0 }
    let next = layer.cell(
      Tensor([1, 12], word.elements + context.elements), hidden: state.hidden, cell: state.cell)
    #expect(relativeError(trace.weights.elements, weights.elements) < 1e-6)
    #expect(relativeError(trace.output.elements, next.hidden.elements) < 1e-6)
  }

  @Test func `names are those of the checkpoints`() {
    #expect(
      layer(.relu, hasGate: true).tensors.keys.sorted() == [
        "attention.decoder_att.bias", "attention.decoder_att.weight",
        "attention.encoder_att.bias", "attention.encoder_att.weight",
        "attention.full_att.weight", "decode_step.bias_ih", "decode_step.weight_hh",
        "decode_step.weight_ih", "f_beta.bias", "f_beta.weight",
      ])
  }
}
