import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct OptimizerTests {
  let layer = Linear(weight: randomTensor([3, 7], seed: 1), bias: randomTensor([3], seed: 2))

  func gradients(_ step: Int) -> Linear {
    Linear(
      weight: randomTensor([3, 7], seed: UInt64(100 + step)),
      bias: randomTensor([3], seed: UInt64(200 + step)))
  }

  // Scripts/references/training.py, optimizers
  @Test(arguments: [
    ("sgd", Optimizer(.descent(), weightDecay: 0.01, decaysVectors: true)),
    ("momentum", Optimizer(.descent(momentum: 0.9), weightDecay: 0.01, decaysVectors: true)),
    (
      "nesterov",
      Optimizer(.descent(momentum: 0.9, isNesterov: true), weightDecay: 0.01, decaysVectors: true)
    ),
    ("adam", Optimizer(.adam(), weightDecay: 0.01, decaysVectors: true)),
    ("adamw", Optimizer(.adamW(beta1: 0.8, beta2: 0.99), weightDecay: 0.1, decaysVectors: true)),
  ])
  func `ten steps are PyTorch's`(name: String, optimizer: Optimizer) throws {
    let golden = try TrainingReferences(name, file: "optimizers")
    var (layer, optimizer) = (layer, optimizer)
    for step in 0..<10 { optimizer.update(&layer, gradients(step), rate: 0.05) }
    try golden.expect(layer.weight, "weight")
    try golden.expect(layer.bias, "bias")
    #expect(optimizer.steps == 10)
  }

  // Scripts/references/training.py, optimizers
  @Test func `rows that were not read stay as they are, as in PyTorch's SparseAdam`() throws {
    var table = Embedding(weight: randomTensor([6, 5], seed: 1))
    var gradients = table.zeros()
    var optimizer = Optimizer(.adam())
    for step in 0..<10 {
      gradients.reset()
      table.backward(
        randomTensor([3, 5], seed: UInt64(100 + step)), ids: [step % 3, 4, step % 3],
        gradients: &gradients)
      optimizer.update(&table, gradients, rate: 0.05)
    }
    try TrainingReferences("sparse-adam", file: "optimizers").expect(table.weight, "weight")
    #expect(
      table.weight.elements[15..<20] == randomTensor([6, 5], seed: 1).elements[15..<20])
  }

  @Test func `biases do not decay unless asked`() {
    var layer = layer
    var optimizer = Optimizer(.adamW(), weightDecay: 1)
    optimizer.update(&layer, layer.zeros(), rate: 0.5)
    #expect(layer.bias == self.layer.bias)
    #expect(layer.weight.elements == self.layer.weight.elements.map { $0 * 0.5 })
  }

  @Test func `frozen parameters stay as they are`() {
    var layer = layer
    var optimizer = Optimizer(.adam())
    optimizer.update(&layer, gradients(0), rate: 0.05) { $0 == "bias" ? 0 : 1 }
    #expect(layer.bias == self.layer.bias)
    #expect(layer.weight != self.layer.weight)
    #expect(optimizer.tensors.keys.sorted() == ["first.weight", "second.weight"])
  }

  @Test(arguments: [Optimizer.Method.descent(momentum: 0.9), .adam()])
  func `a saved state goes on exactly`(method: Optimizer.Method) throws {
    var (whole, wholeOptimizer) = (layer, Optimizer(method))
    for step in 0..<6 { wholeOptimizer.update(&whole, gradients(step), rate: 0.05) }
    var (layer, optimizer) = (layer, Optimizer(method))
    for step in 0..<3 { optimizer.update(&layer, gradients(step), rate: 0.05) }
    var resumed = Optimizer(method)
    try resumed.restore(
      WeightReader(TensorDictionary(tensors: optimizer.tensors)), steps: optimizer.steps,
      for: layer)
    for step in 3..<6 { resumed.update(&layer, gradients(step), rate: 0.05) }
    #expect(layer.weight == whole.weight && layer.bias == whole.bias)
  }

  @Test func `a state of another model is refused`() throws {
    var (layer, optimizer) = (layer, Optimizer(.adam()))
    optimizer.update(&layer, gradients(0), rate: 0.05)
    let state = WeightReader(TensorDictionary(tensors: optimizer.tensors))
    var random = SeededRandom(seed: 1)
    let other = Linear(inputs: 4, outputs: 3, random: &random)
    var resumed = Optimizer(.adam())
    #expect(throws: WeightError.self) { try resumed.restore(state, steps: 1, for: other) }
  }
}
