import CaptionTraining
import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct ScheduledSamplingTests {
  private static func forcing(_ ownWords: Float, dropout: Float = 0) -> TeacherForcing {
    var forcing = SmallDecoder.forcing
    (forcing.embeddingDropout, forcing.outputDropout) = (dropout, dropout)
    forcing.ownWords = ownWords
    return forcing
  }

  private func gradients<Network: DecoderNetwork>(
    _ forcing: TeacherForcing, _ network: Network, _ batch: CaptionBatch, seed: UInt64 = 5
  ) -> (loss: TeacherForcing.Loss, gradients: [String: Tensor], state: UInt64) {
    var gradients = network.zeros()
    var random = SeededRandom(seed: seed)
    let loss = forcing.addGradients(of: network, batch, to: &gradients, random: &random)
    return (loss, gradients.tensors, random.state)
  }

  @Test func `the probability rises from 0 in a straight line`() {
    let sampling = ScheduledSampling(final: 0.25, steps: 101)
    #expect(sampling.probability(step: 0) == 0)
    #expect(sampling.probability(step: 40) == 0.1)
    #expect(sampling.probability(step: 100) == 0.25 && sampling.probability(step: 200) == 0.25)
    #expect(ScheduledSampling(final: 1, steps: 1).probability(step: 0) == 0)
  }

  @Test(arguments: [0, 0.4] as [Float])
  func `no words of its own are teacher forcing`(dropout: Float) {
    let batch = SmallDecoder.batch(regions: 4)
    let forcing = Self.forcing(0, dropout: dropout)
    #expect(
      forcing.drawnInputs(SmallDecoder.attention, batch, SeededRandom(seed: 5)) == batch.inputs)
    // So rare that none is drawn, though all is ready to.
    let (plain, rare) = (
      gradients(forcing, SmallDecoder.attention, batch),
      gradients(Self.forcing(1e-30, dropout: dropout), SmallDecoder.attention, batch)
    )
    #expect(plain.loss.total == rare.loss.total && plain.state == rare.state)
    #expect(plain.gradients == rare.gradients)
  }

  @Test func `gradients are those of teacher forcing after the drawn words`() {
    func expectSame(_ network: some DecoderNetwork, _ batch: CaptionBatch) {
      for seed: UInt64 in 1...3 {
        let forcing = Self.forcing(0.6, dropout: 0.3)
        var drawn = batch
        drawn.inputs = forcing.drawnInputs(network, batch, SeededRandom(seed: seed))
        #expect(drawn.inputs != batch.inputs)
        let (own, given) = (
          gradients(forcing, network, batch, seed: seed),
          gradients(Self.forcing(0, dropout: 0.3), network, drawn, seed: seed)
        )
        #expect(own.loss.total == given.loss.total && own.gradients == given.gradients)
      }
    }
    expectSame(SmallDecoder.attention, SmallDecoder.batch(regions: 4))
    expectSame(SmallDecoder.showAndTell, SmallDecoder.batch(regions: 1))
  }

  /// Logits so far apart that a draw is a search for the greatest: what is read is what a pass over
  /// all words at once, with the same numbers dropped, says should follow.
  @Test(arguments: [0, 0.3] as [Float])
  func `a decoder reads what it says itself, whatever is dropped`(dropout: Float) {
    func expectOwn<Network: DecoderNetwork>(_ network: Network, _ batch: CaptionBatch) {
      var network = network
      network.output.weight.elements = network.output.weight.elements.map { $0 * 3000 }
      let random = SeededRandom(seed: 7)
      var read = batch
      read.inputs = Self.forcing(1, dropout: dropout).drawnInputs(network, batch, random)
      var own = random
      let drop = Dropout(dropout)
      let words = drop(network.embedding(read.inputs), random: &own)
      let logits = network.output(
        drop(network.forward(words, read, threads: 1).output, random: &own))
      let said = (0..<batch.layout.rows).map { row in
        (0..<11).max { logits[row, $0] < logits[row, $1] }
      }
      let layout = batch.layout
      for place in 0..<layout.sequences {
        let rows = layout.rows(ofPlace: place)
        #expect(read.inputs[rows[0]] == 1)
        for (before, row) in zip(rows, rows.dropFirst()) {
          #expect(read.inputs[row] == said[before], "row \(row)")
        }
      }
      #expect(read.inputs != batch.inputs)
    }
    expectOwn(SmallDecoder.attention, SmallDecoder.batch(regions: 4))
    expectOwn(SmallDecoder.showAndTell, SmallDecoder.batch(regions: 1))
  }

  @Test func `words are drawn as often as they should be, and by their probabilities`() {
    // A decoder without weights says what its output's bias says.
    var network = SmallDecoder.attention
    network.visitParameters(ParameterVisitor { _, tensor, _ in tensor = Tensor(tensor.shape) })
    let odds: [Float] = [1, 2, 0, 0, 5, 0, 0, 0, 0, 0, 2]
    network.output.bias?.elements = odds.map { $0 == 0 ? -100 : log($0) }
    let batch = CaptionBatch(
      (0..<400).map { _ in ([7, 7, 7, 7, 7], 0, true) },
      features: FewFeatures(Tensor([1, 4, 7])), start: 1, end: 2)
    let read = Self.forcing(0.3).drawnInputs(network, batch, SeededRandom(seed: 3))
    // 400 captions of which 5 words may be drawn: of 2000, 600 ± 20.5.
    let drawn = read.dropFirst(400).filter { $0 != 7 }
    #expect(abs(drawn.count - 600) < 4 * 21, "\(drawn.count)")
    #expect(read.prefix(400).allSatisfy { $0 == 1 })
    for (word, odds) in odds.enumerated() where word != 7 {
      let expected = Float(drawn.count) * odds / 10
      #expect(
        abs(Float(drawn.count { $0 == word }) - expected) <= 4 * expected.squareRoot(), "\(word)")
    }
  }
}
