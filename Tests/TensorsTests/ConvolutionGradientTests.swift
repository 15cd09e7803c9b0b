import Tensors
import TestSupport
import Testing

/// A convolution is linear in its input and in its weights: with the gradients of Σ slope · output,
/// both Σ input · gradient and Σ weights · gradient are Σ slope · output again. The numbers
/// themselves are compared with PyTorch's in the tests of `Convolution2d`.
@Suite struct ConvolutionGradientTests {
  static let cases: [(window: Window, groups: Int, inputs: Int, outputs: Int)] = [
    (Window(3, padding: 1), 1, 19, 21), (Window(3, stride: 2, padding: 1), 1, 19, 21),
    (Window(1), 1, 19, 21), (Window(1, stride: 2), 1, 19, 21), (Window(3, padding: 1), 3, 21, 39),
    (Window(kernel: (3, 2), stride: (1, 2), dilation: (2, 1)), 3, 21, 39),
    (Window(3, padding: 1), 19, 19, 19), (Window(5, stride: 2, padding: 2), 19, 19, 19),
  ]

  private func dot(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  @Test(arguments: Kernels.available, 0..<8)
  func `both gradients give back the loss`(kernels: Kernels, number: Int) {
    let (window, groups, inputs, outputs) = Self.cases[number]
    let (batch, height, width) = (3, 11, 10)
    let size = window.outputSize(height: height, width: width)
    let weights = randomTensor(
      [outputs, inputs / groups, window.kernel.height, window.kernel.width], seed: 1)
    // Slices of wider maps.
    var input = randomTensor([batch, height, width, inputs + 3], seed: 2)
    var slope = randomTensor([batch, size.height, size.width, outputs + 2], seed: 3)
    var output = Tensor([batch, size.height, size.width, outputs])
    var gradient = randomTensor([batch, height, width, inputs + 3], seed: 4)
    let convolution = PackedConvolution(
      weights: weights, window: window, groups: groups, kernels: kernels)
    let way = ConvolutionGradient(
      window: window, groups: groups, inputChannels: inputs, outputChannels: outputs,
      kernels: kernels)
    let before = randomTensor(weights.shape, seed: 5)
    for threads in [1, 2] {
      let scratch = AlignedBuffer(
        count: convolution.scratchCount(
          batch: batch, height: height, width: width, threads: threads))
      var sum = before
      view(&input, channels: inputs) { input in
        view(&slope, channels: outputs) { slope in
          view(&output, channels: outputs) {
            convolution(input, into: $0, scratch: scratch.base, threads: threads)
          }
          view(&gradient, channels: inputs) {
            way.input(slope, weights: weights, into: $0, threads: threads)
          }
          way.addWeights(slope, input: input, to: &sum, threads: threads)
        }
      }
      withExtendedLifetime(scratch) {}
      let loss = dot(output.elements, compact(slope, outputs))
      let bySlope = dot(compact(input, inputs), compact(gradient, inputs))
      let change = zip(sum.elements, before.elements).map { $0 - $1 }
      let byWeights = dot(weights.elements, change)
      #expect(abs(bySlope - loss) < 1e-3 * max(10, abs(loss)), "\(threads) threads")
      #expect(abs(byWeights - loss) < 1e-3 * max(10, abs(loss)), "\(threads) threads")
    }
    // What lies beside the slice stays.
    let untouched = randomTensor([batch, height, width, inputs + 3], seed: 4)
    #expect(gradient[1, 2, 3, inputs] == untouched[1, 2, 3, inputs])
  }

  private func view(_ tensor: inout Tensor, channels: Int, _ body: (Activations) -> Void) {
    let shape = tensor.shape
    tensor.elements.withUnsafeMutableBufferPointer { elements in
      guard let base = elements.baseAddress else { return }
      body(
        Activations(
          base, batch: shape[0], height: shape[1], width: shape[2], channels: channels,
          pixelStride: shape[3]))
    }
  }

  /// The first channels of every pixel.
  private func compact(_ tensor: Tensor, _ channels: Int) -> [Float] {
    stride(from: 0, to: tensor.shape.count, by: tensor.shape[3]).flatMap {
      tensor.elements[$0..<$0 + channels]
    }
  }
}
