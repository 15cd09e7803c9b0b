internal import CKernels

/// A convolution with its weights rearranged once for the kernels of this machine, its bias and activation fused:
/// immutable, so that all threads share it.
///
/// Input and output are channels last. The weights come in PyTorch's order.
package final class PackedConvolution: Sendable {
  package let window: Window
  package let groups: Int
  package let inputChannels: Int
  package let outputChannels: Int
  package let activation: Activation
  private let weights: [Float]
  private let bias: [Float]

  /// - Parameters:
  ///   - weights: `[outputChannels, inputChannels / groups, kernel height, kernel width]`.
  ///   - bias: `[outputChannels]`, or nil for none.
  package init(
    weights: Tensor, bias: [Float]? = nil, window: Window, groups: Int = 1,
    activation: Activation = .none
  ) {
    let shape = weights.shape
    precondition(
      shape.rank == 4 && shape[2] == window.kernel.height && shape[3] == window.kernel.width
        && shape[0] % groups == 0 && (bias?.count ?? shape[0]) == shape[0],
      "weights \(shape), \(groups) groups, kernel \(window.kernel), \(bias?.count ?? 0) biases")
    self.window = window
    self.groups = groups
    self.activation = activation
    inputChannels = shape[1] * groups
    outputChannels = shape[0]
    self.weights = weights.elements
    self.bias = bias ?? [Float](repeating: 0, count: shape[0])
  }

  /// How many floats of scratch memory `callAsFunction` needs for an input of this size on this many threads.
  package func scratchCount(batch: Int, height: Int, width: Int, threads: Int) -> Int {
    0
  }

  /// output = activation(convolution(input) + bias + residual).
  ///
  /// - Parameters:
  ///   - input: `[batch, height, width, inputChannels]`
  ///   - residual: of the output's extents; may be the output itself.
  ///   - output: `[batch, output height, output width, outputChannels]`
  ///   - scratch: at least `scratchCount` floats; may be nil when that is zero.
  package func callAsFunction(
    _ input: Activations, residual: Activations? = nil, into output: Activations,
    scratch: UnsafeMutablePointer<Float>?, threads: Int = 1
  ) {
    let size = window.outputSize(height: input.height, width: input.width)
    precondition(
      input.channels == inputChannels && output.channels == outputChannels
        && output.height == size.height && output.width == size.width
        && output.batch == input.batch,
      "convolution from \(input) to \(output)")
    let groupInputs = inputChannels / groups
    let groupOutputs = outputChannels / groups
    for n in 0..<output.batch {
      for y in 0..<output.height {
        for x in 0..<output.width {
          let pixel = (n * output.height + y) * output.width + x
          for o in 0..<outputChannels {
            var sum = bias[o]
            let firstInput = o / groupOutputs * groupInputs
            for ky in 0..<window.kernel.height {
              let iy = y * window.stride.vertical - window.padding.vertical
                + ky * window.dilation.vertical
              guard iy >= 0 && iy < input.height else { continue }
              for kx in 0..<window.kernel.width {
                let ix = x * window.stride.horizontal - window.padding.horizontal
                  + kx * window.dilation.horizontal
                guard ix >= 0 && ix < input.width else { continue }
                let row = input.base
                  + ((n * input.height + iy) * input.width + ix) * input.pixelStride + firstInput
                for c in 0..<groupInputs {
                  sum += row[c] * weights[
                    ((o * groupInputs + c) * window.kernel.height + ky) * window.kernel.width + kx]
                }
              }
            }
            if let residual { sum += residual.base[pixel * residual.pixelStride + o] }
            switch activation {
            case .none: break
            case .relu: sum = max(0, sum)
            case .relu6: sum = min(max(0, sum), 6)
            }
            output.base[pixel * output.pixelStride + o] = sum
          }
        }
      }
    }
  }
}
