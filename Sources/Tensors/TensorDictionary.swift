/// Tensors in memory as a source of weights.
package struct TensorDictionary: WeightSource {
  package let tensors: [String: Tensor]

  package init(tensors: [String: Tensor]) {
    self.tensors = tensors
  }

  package func shape(of name: String) -> Shape? { tensors[name]?.shape }

  package func contains(_ name: String) -> Bool { tensors[name] != nil }

  package func tensor(_ name: String, shape: Shape) throws -> Tensor {
    guard let tensor = tensors[name] else {
      throw WeightError.missing(path: path, name: name)
    }
    guard tensor.shape == shape else {
      throw WeightError.shape(path: path, name: name, expected: shape, found: tensor.shape)
    }
    return tensor
  }
}
