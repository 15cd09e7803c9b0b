internal import CKernels

/// The ways back of a convolution, channels last, with weights in PyTorch's order.
package struct ConvolutionGradient: Sendable {
  package let window: Window
  package let groups: Int
  package let inputChannels: Int
  package let outputChannels: Int
  private let kernels: Kernels

  /// How many gathered numbers are in memory at once.
  private static let numbersAtOnce = 1 << 20

  package init(
    window: Window, groups: Int = 1, inputChannels: Int, outputChannels: Int,
    kernels: Kernels = .best
  ) {
    precondition(
      groups > 0 && inputChannels % groups == 0 && outputChannels % groups == 0,
      "\(groups) groups of \(inputChannels) and \(outputChannels) channels")
    self.window = window
    self.groups = groups
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.kernels = kernels
  }

  private var taps: Int { window.kernel.height * window.kernel.width }
  private var groupInputs: Int { inputChannels / groups }
  private var groupOutputs: Int { outputChannels / groups }
  /// The inputs that one output number depends on.
  private var depth: Int { taps * groupInputs }
  private var isDepthwise: Bool { groups == outputChannels && groupInputs == 1 }

  private func check(_ outputGradient: Activations, _ input: Activations) {
    let size = window.outputSize(height: input.height, width: input.width)
    precondition(
      input.batch == outputGradient.batch && input.channels == inputChannels
        && outputGradient.channels == outputChannels
        && size == (outputGradient.height, outputGradient.width),
      "convolution from \(input) to \(outputGradient)")
  }

  // MARK: Input

  /// The gradient of the input.
  ///
  /// - Parameters:
  ///   - weights: `[outputChannels, inputChannels / groups, kernel height, kernel width]`
  ///   - gradient: of the input's extents; written.
  package func input(
    _ outputGradient: Activations, weights: Tensor, into gradient: Activations, threads: Int = 1
  ) {
    check(outputGradient, gradient)
    let (dilation, kernel) = (window.dilation, window.kernel)
    if window.stride == (1, 1), case .symmetric(let vertical, let horizontal) = window.padding,
      vertical <= dilation.vertical * (kernel.height - 1),
      horizontal <= dilation.horizontal * (kernel.width - 1)
    {
      // With stride 1 the way back is a convolution, too.
      let padding = Window.Padding.symmetric(
        vertical: dilation.vertical * (kernel.height - 1) - vertical,
        horizontal: dilation.horizontal * (kernel.width - 1) - horizontal)
      let convolution = PackedConvolution(
        weights: reversed(weights),
        window: Window(kernel: kernel, padding: padding, dilation: dilation), groups: groups,
        expectedOutput: (gradient.height, gradient.width), kernels: kernels)
      let scratch = AlignedBuffer(
        count: convolution.scratchCount(
          batch: gradient.batch, height: outputGradient.height, width: outputGradient.width,
          threads: threads))
      withExtendedLifetime(scratch) {
        convolution(outputGradient, into: gradient, scratch: scratch.base, threads: threads)
      }
    } else if isDepthwise {
      scatterDepthwise(outputGradient, weights: weights, into: gradient, threads: threads)
    } else {
      scatterProducts(outputGradient, weights: weights, into: gradient, threads: threads)
    }
  }

  /// The weights with inputs and outputs exchanged and the kernel turned by 180°.
  private func reversed(_ weights: Tensor) -> Tensor {
    let (inputs, outputs, taps) = (groupInputs, groupOutputs, taps)
    return Tensor(
      uninitialized: [inputChannels, outputs, window.kernel.height, window.kernel.width]
    ) { result in
      weights.elements.withUnsafeBufferPointer { weights in
        guard let weights = weights.baseAddress else { return }
        for group in 0..<groups {
          for output in 0..<outputs {
            for input in 0..<inputs {
              let source = weights + ((group * outputs + output) * inputs + input) * taps
              let target = result + ((group * inputs + input) * outputs + output) * taps
              for tap in 0..<taps { target[taps &- 1 &- tap] = source[tap] }
            }
          }
        }
      }
    }
  }

  private func scatterDepthwise(
    _ outputGradient: Activations, weights: Tensor, into gradient: Activations, threads: Int
  ) {
    let byTap = Tensor(uninitialized: [taps, outputChannels]) { result in
      ck_transpose(weights.elements, outputChannels, taps, taps, result, outputChannels)
    }
    var source = ck_maps(outputGradient)
    var target = ck_maps(gradient)
    var window = ck_window(window, over: gradient)
    withUnsafePointer(to: &source) { source in
      withUnsafePointer(to: &target) { target in
        withUnsafePointer(to: &window) { window in
          byTap.elements.withUnsafeBufferPointer { weights in
            guard let weights = weights.baseAddress else { return }
            parallelFor(gradient.batch, threads: threads) { image in
              gradient.clear(image: image)
              kernels.table.pointee.depthwise_input_gradient(
                source, window, weights, target, image)
            }
          }
        }
      }
    }
  }

  /// A product gives what each output pixel means for the inputs under its window; those are added
  /// up image by image, since windows overlap.
  private func scatterProducts(
    _ outputGradient: Activations, weights: Tensor, into gradient: Activations, threads: Int
  ) {
    let pixels = outputGradient.height * outputGradient.width
    let block = min(pixels, max(16, (1 << 17) / max(1, depth)))
    let (inputs, outputs, taps) = (groupInputs, groupOutputs, taps)
    // By group, [outputs, taps · inputs].
    let byGroup = (0..<groups).map { group in
      let byPixel = Tensor(uninitialized: [outputs, depth]) { result in
        weights.elements.withUnsafeBufferPointer { weights in
          guard let weights = weights.baseAddress else { return }
          for output in 0..<outputs {
            ck_transpose(
              weights + (group * outputs + output) * depth, inputs, taps, taps,
              result + output * depth, inputs)
          }
        }
      }
      return PackedMatrix(weights: byPixel, transposed: true, kernels: kernels)
    }
    var target = ck_maps(gradient)
    var window = ck_window(window, over: gradient)
    let scratch = AlignedBuffer(count: max(1, threads) * block * depth)
    withUnsafePointer(to: &target) { target in
      withUnsafePointer(to: &window) { window in
        parallelFor(gradient.batch, threads: threads) { image, worker in
          let rows = scratch.base + worker * block * depth
          gradient.clear(image: image)
          for first in stride(from: image * pixels, to: (image + 1) * pixels, by: block) {
            let count = min(block, (image + 1) * pixels - first)
            for group in 0..<groups {
              byGroup[group](
                outputGradient.base + first * outputGradient.pixelStride + group * outputs,
                rows: count, inputStride: outputGradient.pixelStride, into: rows)
              kernels.table.pointee.scatter(
                target, window, outputGradient.height, outputGradient.width, group * inputs,
                inputs, first, count, rows, depth)
            }
          }
        }
      }
    }
    withExtendedLifetime(scratch) {}
  }

  // MARK: Weights

  /// Adds the gradient of the weights.
  ///
  /// - Parameter gradient: `[outputChannels, inputChannels / groups, kernel height, kernel width]`,
  ///   receives the sum of what it holds and the gradient.
  package func addWeights(
    _ outputGradient: Activations, input: Activations, to gradient: inout Tensor, threads: Int = 1
  ) {
    check(outputGradient, input)
    precondition(
      gradient.shape == [outputChannels, groupInputs, window.kernel.height, window.kernel.width],
      "weights \(gradient.shape) of \(groups) groups, kernel \(window.kernel)")
    // By group, [outputs, taps · inputs]; of a depthwise convolution [taps, channels].
    var sums = [Float](repeating: 0, count: gradient.shape.count)
    if isDepthwise {
      addDepthwise(outputGradient, input, to: &sums, threads: threads)
    } else {
      addProducts(outputGradient, input, to: &sums, threads: threads)
    }
    let (inputs, taps) = (groupInputs, taps)
    gradient.elements.withUnsafeMutableBufferPointer { gradient in
      sums.withUnsafeBufferPointer { sums in
        guard let gradient = gradient.baseAddress, let sums = sums.baseAddress else { return }
        for output in 0..<outputChannels {
          for input in 0..<inputs {
            let target = gradient + (output * inputs + input) * taps
            let (first, step) =
              isDepthwise
              ? (output, outputChannels) : (output * taps * inputs + input, inputs)
            for tap in 0..<taps { target[tap] += sums[first &+ tap &* step] }
          }
        }
      }
    }
  }

  private func addDepthwise(
    _ outputGradient: Activations, _ input: Activations,
    to sums: UnsafeMutablePointer<Float>, threads: Int
  ) {
    var gradient = ck_maps(outputGradient)
    var source = ck_maps(input)
    var window = ck_window(window, over: input)
    let count = taps * outputChannels
    // Of each image by itself, so that the order of the sum does not depend on the threads.
    let parts = AlignedBuffer(count: input.batch * count)
    withUnsafePointer(to: &gradient) { gradient in
      withUnsafePointer(to: &source) { source in
        withUnsafePointer(to: &window) { window in
          parallelFor(input.batch, threads: threads) { image in
            kernels.table.pointee.depthwise_weight_gradient(
              gradient, window, source, image, parts.base + image * count)
          }
        }
      }
    }
    kernels.table.pointee.add_rows(parts.base, input.batch, count, count, sums)
    withExtendedLifetime(parts) {}
  }

  private func addProducts(
    _ outputGradient: Activations, _ input: Activations,
    to sums: UnsafeMutablePointer<Float>, threads: Int
  ) {
    let pixels = outputGradient.pixels
    let isDirect =
      window.kernel == (1, 1) && window.stride == (1, 1) && window.padding == .none
    let block = min(pixels, max(256, Self.numbersAtOnce / max(1, depth)))
    let gathered = isDirect ? nil : Scratch(count: block * depth)
    defer { gathered?.free() }
    var source = ck_maps(input)
    var window = ck_window(window, over: input)
    withUnsafePointer(to: &source) { source in
      withUnsafePointer(to: &window) { window in
        for first in stride(from: 0, to: pixels, by: block) {
          let count = min(block, pixels - first)
          let product = MatrixProduct(
            rows: groupOutputs, columns: depth, inner: count, transposesLeft: true,
            kernels: kernels)
          for group in 0..<groups {
            if let gathered {
              let shares = min(count, 4 * threads)
              parallelFor(shares, threads: threads) { share in
                let begin = share * count / shares
                kernels.table.pointee.gather(
                  source, window, outputGradient.height, outputGradient.width,
                  group * groupInputs, groupInputs, first + begin,
                  (share + 1) * count / shares - begin, gathered.base + begin * depth, depth)
              }
            }
            product(
              outputGradient.base + first * outputGradient.pixelStride + group * groupOutputs,
              leftStride: outputGradient.pixelStride,
              gathered?.base
                ?? input.base + first * input.pixelStride + group * groupInputs,
              rightStride: gathered == nil ? input.pixelStride : depth, accumulate: true,
              into: sums + group * groupOutputs * depth, threads: threads)
          }
        }
      }
    }
  }
}

extension Activations {
  /// Sets the maps of one image to zero.
  fileprivate func clear(image: Int) {
    for pixel in image * height * width..<(image + 1) * height * width {
      (base + pixel * pixelStride).update(repeating: 0, count: channels)
    }
  }
}
