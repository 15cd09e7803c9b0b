import Tensors
import TestSupport
import Testing

/// One convolution to try: its geometry and the maps it runs on.
private struct Case: CustomStringConvertible, Sendable {
  var batch = 1
  var height: Int
  var width: Int
  var inputs: Int
  var outputs: Int
  var window: Window
  var groups = 1
  var activation = Activation.relu
  /// Floats between the channels of one pixel and the next, on both sides.
  var gap = 0
  var hasResidual = false

  var description: String {
    "\(batch)x\(height)x\(width)x\(inputs) → \(outputs), \(window.kernel) s\(window.stride) "
      + "p\(window.padding) d\(window.dilation) g\(groups) gap \(gap)"
  }
}

@Suite struct PackedConvolutionTests {
  private static let geometries: [Case] = [
    // 1 × 1, with channel counts that are and are not multiples of the panels.
    Case(height: 5, width: 7, inputs: 64, outputs: 64, window: Window(1)),
    Case(
      batch: 2, height: 3, width: 5, inputs: 33, outputs: 37, window: Window(1), gap: 5,
      hasResidual: true),
    Case(height: 1, width: 1, inputs: 300, outputs: 1000, window: Window(1)),
    Case(height: 7, width: 7, inputs: 1024, outputs: 40, window: Window(1, stride: 2)),
    Case(height: 4, width: 4, inputs: 3, outputs: 5, window: Window(1, padding: 1)),
    // First layers.
    Case(
      batch: 2, height: 33, width: 31, inputs: 3, outputs: 64,
      window: Window(7, stride: 2, padding: 3)),
    Case(
      height: 40, width: 39, inputs: 3, outputs: 24, window: Window(11, stride: 4, padding: 2),
      gap: 1),
    Case(height: 12, width: 11, inputs: 1, outputs: 6, window: Window(5)),
    // Winograd's case, and next to it.
    Case(height: 14, width: 14, inputs: 32, outputs: 48, window: Window(3, padding: 1)),
    Case(
      batch: 3, height: 9, width: 10, inputs: 20, outputs: 19, window: Window(3, padding: 1),
      gap: 3, hasResidual: true),
    Case(height: 3, width: 3, inputs: 16, outputs: 16, window: Window(3)),
    Case(
      batch: 2, height: 37, width: 41, inputs: 17, outputs: 33, window: Window(3, padding: 2),
      activation: .none),
    Case(height: 56, width: 56, inputs: 16, outputs: 16, window: Window(3, padding: 1)),
    Case(height: 13, width: 8, inputs: 24, outputs: 40, window: Window(3, stride: 2, padding: 1)),
    // Other windows.
    Case(
      height: 17, width: 17, inputs: 40, outputs: 24,
      window: Window(kernel: (1, 7), padding: .symmetric(vertical: 0, horizontal: 3))),
    Case(
      height: 17, width: 15, inputs: 21, outputs: 23,
      window: Window(
        kernel: (7, 1), stride: (2, 1), padding: .symmetric(vertical: 3, horizontal: 0)),
      hasResidual: true),
    Case(
      batch: 2, height: 19, width: 11, inputs: 8, outputs: 12,
      window: Window(
        kernel: (3, 2), stride: (1, 3), padding: .symmetric(vertical: 4, horizontal: 2),
        dilation: (2, 3)), gap: 2),
    Case(height: 2, width: 2, inputs: 6, outputs: 7, window: Window(5, padding: 4)),
    // Groups.
    Case(
      batch: 2, height: 9, width: 9, inputs: 24, outputs: 30, window: Window(3, padding: 1),
      groups: 3, hasResidual: true),
    Case(height: 6, width: 6, inputs: 12, outputs: 8, window: Window(1), groups: 4, gap: 4),
    Case(height: 6, width: 5, inputs: 6, outputs: 12, window: Window(3), groups: 6),
    // Depthwise.
    Case(
      batch: 2, height: 15, width: 13, inputs: 40, outputs: 40, window: Window(3, padding: 1),
      groups: 40, activation: .relu6),
    Case(
      height: 16, width: 17, inputs: 96, outputs: 96, window: Window(3, stride: 2, padding: 1),
      groups: 96, activation: .relu6, gap: 7),
    Case(
      height: 1, width: 2, inputs: 21, outputs: 21, window: Window(3, padding: 1), groups: 21,
      hasResidual: true),
    Case(
      height: 11, width: 12, inputs: 19, outputs: 19,
      window: Window(
        kernel: (5, 2), stride: (2, 3), padding: .symmetric(vertical: 2, horizontal: 1),
        dilation: (1, 2)), groups: 19,
      hasResidual: true),
    Case(
      batch: 2, height: 7, width: 7, inputs: 512, outputs: 32, window: Window(3, padding: 1)),
    // TensorFlow's padding: even and odd extents, dense and depthwise.
    Case(
      batch: 2, height: 16, width: 13, inputs: 3, outputs: 32,
      window: Window(3, stride: 2, padding: .same), activation: .relu6),
    Case(
      batch: 2, height: 14, width: 17, inputs: 24, outputs: 24,
      window: Window(3, stride: 2, padding: .same), groups: 24, activation: .relu6),
    Case(
      height: 16, width: 15, inputs: 40, outputs: 40, window: Window(5, stride: 2, padding: .same),
      groups: 40, hasResidual: true),
    Case(
      batch: 2, height: 9, width: 12, inputs: 33, outputs: 33, window: Window(5, padding: 2),
      groups: 33, activation: .relu6),
    Case(height: 5, width: 1, inputs: 7, outputs: 9, window: Window(1, stride: 2, padding: .same)),
    Case(height: 3, width: 8, inputs: 16, outputs: 16, window: Window(4, padding: .same)),
  ]

  /// The sum of products in double precision, straight from the definition.
  private static func reference(
    _ c: Case, _ input: Activations, _ weights: Tensor, _ bias: [Float], _ residual: Activations?
  ) -> [Double] {
    let size = c.window.outputSize(height: c.height, width: c.width)
    let padding = c.window.leadingPadding(height: c.height, width: c.width)
    let groupInputs = c.inputs / c.groups
    var result: [Double] = []
    for n in 0..<c.batch {
      for y in 0..<size.height {
        for x in 0..<size.width {
          for o in 0..<c.outputs {
            var sum = Double(bias[o])
            let first = o / (c.outputs / c.groups) * groupInputs
            for ky in 0..<c.window.kernel.height {
              let iy =
                y * c.window.stride.vertical - padding.vertical
                + ky * c.window.dilation.vertical
              guard iy >= 0 && iy < c.height else { continue }
              for kx in 0..<c.window.kernel.width {
                let ix =
                  x * c.window.stride.horizontal - padding.horizontal
                  + kx * c.window.dilation.horizontal
                guard ix >= 0 && ix < c.width else { continue }
                let pixel = input.pixel(n, iy, ix)
                for i in 0..<groupInputs {
                  let place =
                    ((o * groupInputs + i) * c.window.kernel.height + ky)
                    * c.window.kernel.width + kx
                  sum += Double(pixel[first + i]) * Double(weights.elements[place])
                }
              }
            }
            if let residual { sum += Double(residual.pixel(n, y, x)[o]) }
            switch c.activation {
            case .none: break
            case .relu: sum = max(0, sum)
            case .relu6: sum = min(max(0, sum), 6)
            }
            result.append(sum)
          }
        }
      }
    }
    return result
  }

  /// ‖output - reference‖ / ‖reference‖ of one way to compute a case, and whether the memory
  /// between the pixels is as it was.
  private static func run(
    _ c: Case, kernels: Kernels, threads: Int, method: PackedConvolution.Method? = nil,
    inPlace: Bool = false
  ) -> (error: Double, gapIsUntouched: Bool) {
    var random = SeededRandom(seed: 7)
    func floats(_ count: Int, _ scale: Float = 1) -> [Float] {
      (0..<count).map { _ in scale * (2 * random.uniform() - 1) }
    }
    let weightShape: Shape = [
      c.outputs, c.inputs / c.groups, c.window.kernel.height, c.window.kernel.width,
    ]
    let weights = Tensor(weightShape, floats(weightShape.count))
    let bias = floats(c.outputs)
    let size = c.window.outputSize(height: c.height, width: c.width)
    let outputPixels = c.batch * size.height * size.width
    func memory(_ numbers: [Float]) -> AlignedBuffer {
      let buffer = AlignedBuffer(count: numbers.count)
      buffer.base.update(from: numbers, count: numbers.count)
      return buffer
    }
    let inputMemory = memory(floats(c.batch * c.height * c.width * (c.inputs + c.gap)))
    let residualMemory = memory(floats(outputPixels * (c.outputs + c.gap)))
    let outputMemory = memory(
      [Float](repeating: 77, count: outputPixels * (c.outputs + c.gap)))
    func maps(_ memory: AlignedBuffer) -> Activations {
      Activations(
        memory.base, batch: c.batch, height: size.height, width: size.width,
        channels: c.outputs, pixelStride: c.outputs + c.gap)
    }
    let input = Activations(
      inputMemory.base, batch: c.batch, height: c.height, width: c.width, channels: c.inputs,
      pixelStride: c.inputs + c.gap)
    let residual = c.hasResidual ? maps(residualMemory) : nil
    let expected = reference(c, input, weights, bias, residual)
    let output = inPlace ? maps(residualMemory) : maps(outputMemory)
    let convolution = PackedConvolution(
      weights: weights, bias: bias, window: c.window, groups: c.groups,
      activation: c.activation, expectedOutput: size, method: method, kernels: kernels)
    // What is in the scratch memory must not matter.
    let scratch = memory(
      [Float](
        repeating: .nan,
        count: convolution.scratchCount(
          batch: c.batch, height: c.height, width: c.width, threads: threads)))
    convolution(
      input, residual: residual, into: output, scratch: scratch.base, threads: threads)
    var difference = 0.0
    var norm = 0.0
    var gapIsUntouched = true
    for pixel in 0..<outputPixels {
      for o in 0..<c.outputs {
        let want = expected[pixel * c.outputs + o]
        let got = Double(output.base[pixel * output.pixelStride + o])
        difference += (got - want) * (got - want)
        norm += want * want
      }
      for o in c.outputs..<output.pixelStride where !inPlace {
        gapIsUntouched = gapIsUntouched && output.base[pixel * output.pixelStride + o] == 77
      }
    }
    withExtendedLifetime((inputMemory, residualMemory, outputMemory, scratch)) {}
    return ((difference / norm).squareRoot(), gapIsUntouched)
  }

  @Test(arguments: geometries.indices)
  func `Every instruction set and thread count computes what the definition says`(_ index: Int) {
    let c = Self.geometries[index]
    for kernels in Kernels.available {
      for threads in [1, 2, 3] {
        let (error, gapIsUntouched) = Self.run(c, kernels: kernels, threads: threads)
        #expect(error <= 2e-6, "\(c), \(kernels), \(threads) threads")
        #expect(gapIsUntouched, "\(c), \(kernels), \(threads) threads")
      }
    }
  }

  @Test func `Each method that suits a 3 × 3 convolution gives the same`() {
    let c = Case(
      batch: 2, height: 15, width: 18, inputs: 48, outputs: 35, window: Window(3, padding: 1),
      hasResidual: true)
    for kernels in Kernels.available {
      for (method, tolerance) in [
        (PackedConvolution.Method.gathered, 5e-7), (.winograd(size: 2), 5e-7),
        (.winograd(size: 4), 2e-6),
      ] {
        for threads in [1, 2] {
          let error = Self.run(c, kernels: kernels, threads: threads, method: method).error
          #expect(error <= tolerance, "\(method), \(kernels), \(threads) threads")
        }
      }
    }
  }

  @Test func `The residual may be the output itself`() {
    for window in [Window(1), Window(3, padding: 1), Window(5, padding: 2)] {
      let c = Case(
        height: 10, width: 9, inputs: 32, outputs: 40, window: window, hasResidual: true)
      for kernels in Kernels.available {
        let error = Self.run(c, kernels: kernels, threads: 2, inPlace: true).error
        #expect(error <= 2e-6, "\(c), \(kernels)")
      }
    }
    let depthwise = Case(
      height: 10, width: 9, inputs: 40, outputs: 40, window: Window(3, padding: 1), groups: 40,
      hasResidual: true)
    for kernels in Kernels.available {
      #expect(Self.run(depthwise, kernels: kernels, threads: 2, inPlace: true).error <= 2e-6)
    }
  }

  @Test func `ReLU keeps a NaN visible`() {
    let convolution = PackedConvolution(
      weights: Tensor([1, 1, 1, 1], [1]), window: Window(1), activation: .relu)
    var (input, output) = (Float.nan, Float(0))
    withUnsafeMutablePointer(to: &input) { input in
      withUnsafeMutablePointer(to: &output) { output in
        convolution(
          Activations(input, batch: 1, height: 1, width: 1, channels: 1),
          into: Activations(output, batch: 1, height: 1, width: 1, channels: 1), scratch: nil)
      }
    }
    #expect(output.isNaN)
  }

  @Test func `Winograd's error per layer stays far below the bar for a whole network`() {
    // The bar for whole networks is 1e-5 after up to 150 layers.
    let c = Case(
      height: 28, width: 28, inputs: 256, outputs: 64, window: Window(3, padding: 1),
      activation: .none)
    let kernels = Kernels.best
    #expect(Self.run(c, kernels: kernels, threads: 1, method: .gathered).error < 4e-7)
    #expect(Self.run(c, kernels: kernels, threads: 1, method: .winograd(size: 2)).error < 4e-7)
    #expect(Self.run(c, kernels: kernels, threads: 1, method: .winograd(size: 4)).error < 1.5e-6)
  }
}
