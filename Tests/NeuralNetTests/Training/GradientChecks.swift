import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

/// PyTorch's outputs and gradients: see Scripts/references/training.py.
struct TrainingReferences {
  private let file: SafetensorsFile
  private let layer: String

  /// - Parameter layer: what stands before the slash in the file's names.
  init(_ layer: String, file: String = "layers") throws {
    self.file = try SafetensorsFile(path: reference("training/\(file).safetensors").path)
    self.layer = layer
  }

  /// Checks numbers against PyTorch's: ‖difference‖ ≤ 1e-5 ‖PyTorch's‖.
  func expect(
    _ found: Tensor?, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let golden = try file.tensor("\(layer)/\(name)")
    let found = try #require(found, sourceLocation: sourceLocation)
    #expect(found.shape == golden.shape, "\(layer)/\(name)", sourceLocation: sourceLocation)
    let error = relativeError(found.elements, golden.elements)
    #expect(error < 1e-5, "\(layer)/\(name)", sourceLocation: sourceLocation)
  }

  /// Checks each parameter of gradients against PyTorch's of the same name.
  func expect(
    gradients: some Trainable, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (name, tensor) in gradients.tensors {
      try expect(tensor, name, sourceLocation: sourceLocation)
    }
  }
}

/// Σ weights · values in double precision: a loss whose gradient is `weights`.
func dot(_ values: Tensor, _ weights: Tensor) -> Double {
  zip(values.elements, weights.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// Compares a gradient with differences of the loss between x ± 1e-2, at up to 24 elements:
/// ‖difference‖ ≤ 1e-3 ‖differences of the loss‖.
func expectGradient(
  _ gradient: Tensor, at x: Tensor, _ name: String = "input",
  sourceLocation: SourceLocation = #_sourceLocation, loss: (Tensor) -> Double
) {
  let count = x.shape.count
  #expect(gradient.shape == x.shape, "\(name)", sourceLocation: sourceLocation)
  let step: Float = 1e-2
  let places = (0..<min(count, 24)).map { $0 * count / min(count, 24) }
  let slopes = places.map { place in
    var (above, below) = (x, x)
    above.elements[place] += step
    below.elements[place] -= step
    let width = Double(above.elements[place]) - Double(below.elements[place])
    return Float((loss(above) - loss(below)) / width)
  }
  let found = places.map { gradient.elements[$0] }
  #expect(relativeError(found, slopes) < 1e-3, "\(name)", sourceLocation: sourceLocation)
}

/// The same for every parameter of a model.
func expectGradients<Model: Trainable>(
  _ gradients: Model, at model: Model, sourceLocation: SourceLocation = #_sourceLocation,
  loss: (Model) -> Double
) throws {
  let tensors = model.tensors
  for (name, gradient) in gradients.tensors {
    let tensor = try #require(tensors[name])
    expectGradient(gradient, at: tensor, name, sourceLocation: sourceLocation) { changed in
      var copy = model
      var all = tensors
      all[name] = changed
      try? copy.load(WeightReader(TensorDictionary(tensors: all)))
      return loss(copy)
    }
  }
}
