import Tensors
import TestSupport
import Testing

/// Pooling is linear, or picks values: with the gradient of Σ slope · output, Σ input · gradient is Σ
/// slope · output again. The numbers themselves are compared with PyTorch's in the tests of the
/// layers.
@Suite struct PoolingGradientsTests {
  @Test(arguments: Kernels.available, [1, 7, 16, 35])
  func `gradients give back the loss`(kernels: Kernels, channels: Int) {
    let window = Window(3, stride: 2, padding: 1)
    check(channels, height: 5, width: 4) {
      Pooling.max($0, window: window, into: $1, kernels: kernels)
    } _: {
      Pooling.maxGradient($0, input: $1, window: window, into: $2, threads: 2, kernels: kernels)
    }
    check(channels, height: 5, width: 4) {
      Pooling.average(
        $0, window: window, includePadding: false, into: $1, kernels: kernels)
    } _: {
      Pooling.averageGradient(
        $0, window: window, includePadding: false, into: $2, threads: 2, kernels: kernels)
      _ = $1
    }
    check(channels, height: 4, width: 3) {
      Pooling.adaptiveAverage($0, into: $1, kernels: kernels)
    } _: {
      Pooling.adaptiveAverageGradient($0, into: $2, threads: 2, kernels: kernels)
      _ = $1
    }
  }

  private func check(
    _ channels: Int, height: Int, width: Int,
    _ forward: (_ input: Activations, _ output: Activations) -> Void,
    _ backward: (_ slope: Activations, _ input: Activations, _ gradient: Activations) -> Void
  ) {
    var input = randomTensor([2, 9, 8, channels], seed: 1)
    var slope = randomTensor([2, height, width, channels], seed: 2)
    var output = Tensor(slope.shape)
    var gradient = Tensor(input.shape)
    view(&input) { input in
      view(&output) { forward(input, $0) }
      view(&slope) { slope in view(&gradient) { backward(slope, input, $0) } }
    }
    func dot(_ a: Tensor, _ b: Tensor) -> Double {
      zip(a.elements, b.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    #expect(abs(dot(output, slope) - dot(input, gradient)) < 1e-4)
  }

  private func view(_ tensor: inout Tensor, _ body: (Activations) -> Void) {
    let shape = tensor.shape
    tensor.elements.withUnsafeMutableBufferPointer { elements in
      guard let base = elements.baseAddress else { return }
      body(
        Activations(
          base, batch: shape[0], height: shape[1], width: shape[2], channels: shape[3]))
    }
  }
}
