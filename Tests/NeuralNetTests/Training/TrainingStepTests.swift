import NeuralNet
import Tensors
import TestSupport
import Testing

/// All parts together: a language model that learns sequences by heart.
@Suite struct TrainingStepTests {
  struct Model: Trainable {
    var embedding: Embedding
    var lstm: LSTMCell
    var output: Linear

    mutating func visitParameters(_ visit: ParameterVisitor) {
      visit("embedding", &embedding)
      visit("lstm", &lstm)
      visit("fc", &output)
    }
  }

  /// Everything that a training run changes.
  struct Run {
    var model: Model
    var optimizer = Optimizer(.adamW(), weightDecay: 0.01)
    var random = SeededRandom(seed: 1)
    var losses: [Double] = []

    init() {
      model = Model(
        embedding: Embedding(tokens: 20, size: 24, random: &random),
        lstm: LSTMCell(inputs: 24, hidden: 32, random: &random),
        output: Linear(inputs: 32, outputs: 20, random: &random))
    }

    mutating func train(steps: Int, threads: Int) {
      let sequences = (0..<12).map { first in
        (0..<3 + first % 7).map { (first + $0 * (1 + first % 3)) % 20 }
      }
      let layout = SequenceLayout(lengths: sequences.map { $0.count - 1 })
      let ids = layout.packed(sequences.map { Array($0.dropLast()) })
      let targets = layout.packed(sequences.map { Array($0.dropFirst()) })
      let schedule = LearningRateSchedule(peak: 0.02, warmUp: 10, decay: .cosine(steps: 150))
      let dropout = Dropout(0.1)
      var gradients = model.zeros()
      for _ in 0..<steps {
        gradients.reset()
        let trace = model.lstm.forward(model.embedding(ids), layout, threads: threads)
        let before = random
        let (loss, slope) = SoftmaxCrossEntropy()(
          dropout(trace.output, random: &random), through: model.output, targets: targets,
          gradients: &gradients.output, threads: threads)
        losses.append(loss)
        let (words, _) = model.lstm.backward(
          trace, dropout.backward(slope, random: before), gradients: &gradients.lstm,
          threads: threads)
        model.embedding.backward(words, ids: ids, gradients: &gradients.embedding)
        gradients.clip(toNorm: 5)
        optimizer.update(
          &model, gradients, rate: schedule.rate(step: optimizer.steps), threads: threads)
      }
    }
  }

  @Test func `learns by heart, and twice the same on one number of threads`() {
    var (first, second) = (Run(), Run())
    first.train(steps: 150, threads: 2)
    second.train(steps: 150, threads: 2)
    #expect(first.losses[0] > 2.9 && first.losses[149] < 0.9)
    #expect(first.losses == second.losses)
    #expect(first.model.tensors == second.model.tensors)
  }

  @Test func `goes on from saved tensors as if it had never stopped`() throws {
    var whole = Run()
    whole.train(steps: 20, threads: 1)
    var half = Run()
    half.train(steps: 10, threads: 1)
    var resumed = Run()
    try resumed.model.load(WeightReader(TensorDictionary(tensors: half.model.tensors)))
    try resumed.optimizer.restore(
      WeightReader(TensorDictionary(tensors: half.optimizer.tensors)),
      steps: half.optimizer.steps, for: resumed.model)
    resumed.random = half.random
    resumed.train(steps: 10, threads: 1)
    #expect(resumed.model.tensors == whole.model.tensors)
  }
}
