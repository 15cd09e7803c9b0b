import Tensors
import TestSupport
import Testing

@Suite struct TensorDictionaryTests {
  private let weights = TensorDictionary(tensors: ["a.b": Tensor([2], [1, 2])])

  @Test func `gives the tensors that it has`() throws {
    let reader = WeightReader(weights)["a"]
    #expect(try reader.tensor("b", [2]).elements == [1, 2])
    #expect(reader.contains("b") && reader.shape(of: "b") == [2])
    #expect(!reader.contains("c") && reader.shape(of: "c") == nil)
  }

  @Test func `others, and other shapes, throw`() {
    #expect(throws: WeightError.missing(path: "memory", name: "c")) {
      try weights.tensor("c", shape: [2])
    }
    #expect(throws: WeightError.shape(path: "memory", name: "a.b", expected: [3], found: [2])) {
      try weights.tensor("a.b", shape: [3])
    }
  }
}
