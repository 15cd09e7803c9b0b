import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct GradientsTests {
  /// A table and a layer.
  struct Model: Trainable {
    var embedding: Embedding
    var layers: [Linear]

    mutating func visitParameters(_ visit: ParameterVisitor) {
      visit("embedding", &embedding)
      visit("layers", &layers)
    }
  }

  func model() -> Model {
    var random = SeededRandom(seed: 1)
    return Model(
      embedding: Embedding(tokens: 5, size: 2, random: &random),
      layers: [
        Linear(inputs: 2, outputs: 3, random: &random),
        Linear(inputs: 3, outputs: 1, bias: false, random: &random),
      ])
  }

  func gradients() -> Model {
    var gradients = model().zeros()
    gradients.embedding.backward(
      Tensor([2, 2], [1, 2, 0, 2]), ids: [3, 3], gradients: &gradients.embedding)
    gradients.layers[0].weight.elements = [2, 0, 0, 0, 2, 0]
    return gradients
  }

  @Test func `names are paths, and everything is counted`() {
    #expect(
      model().tensors.keys.sorted() == [
        "embedding.weight", "layers.0.bias", "layers.0.weight", "layers.1.weight",
      ])
    #expect(model().parameterCount == 10 + 9 + 3)
  }

  @Test func `the norm is over all parameters`() {
    // √((1 + 0)² + (2 + 2)² + 2² + 2²) = 5
    #expect(gradients().norm() == 5)
    #expect(gradients().norm(threads: 2) == 5)
  }

  @Test func `clipping shortens what is longer and nothing else`() {
    var clipped = gradients()
    let before = clipped.clip(toNorm: 2.5)
    #expect(before == 5)
    #expect(abs(clipped.norm() - 2.5) < 1e-5)
    var kept = gradients()
    kept.clip(toNorm: 6)
    #expect(kept.tensors == gradients().tensors)
  }

  @Test func `a reset makes them zeros`() {
    var gradients = gradients()
    gradients.reset()
    #expect(gradients.tensors == model().zeros().tensors)
    #expect(gradients.norm() == 0)
  }

  @Test func `a model is saved and loaded by its names`() throws {
    var loaded = model().zeros()
    try loaded.load(WeightReader(TensorDictionary(tensors: model().tensors)))
    #expect(loaded.tensors == model().tensors)
    #expect(throws: WeightError.missing(path: "memory", name: "embedding.weight")) {
      try loaded.load(WeightReader(TensorDictionary(tensors: [:])))
    }
  }
}
