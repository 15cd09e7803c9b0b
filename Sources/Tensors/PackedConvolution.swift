internal import CKernels

/// A convolution with its weights rearranged once for the kernels of this machine, its bias and
/// activation fused: immutable, so that all threads share it.
///
/// Input and output are channels last. The weights come in PyTorch's order. How it computes depends
/// on the geometry: a 1 × 1 convolution is a matrix product on the maps as they are; a 3 × 3 one of
/// stride 1 goes through Winograd's transforms (Lavin and Gray, arXiv 1509.09308), which need fewer
/// multiplications; a depthwise one has loops of its own; and all others gather the inputs under
/// the window for a block of pixels and then are a product, too.
package final class PackedConvolution: Sendable {
  package let window: Window
  package let groups: Int
  package let inputChannels: Int
  package let outputChannels: Int
  package let activation: Activation
  private let kernels: Kernels
  private let method: Method
  /// `direct` and `gathered`: by group, panels as `ck_gemm` wants them. `winograd`: by position,
  /// panels. `depthwise`: `[kernel height, kernel width, channels]`.
  private let weights: AlignedBuffer
  /// [groups][outputs of a group, padded to whole vectors]
  private let bias: AlignedBuffer
  /// What taps outside the map point to: as many as there are input channels.
  private let zeros: AlignedBuffer

  /// How the convolution computes.
  package enum Method: Equatable, Sendable {
    case direct, gathered, depthwise
    /// With tiles of `size` × `size` outputs, 2 or 4.
    case winograd(size: Int)
  }

  /// - Parameters:
  ///   - weights: `[outputChannels, inputChannels / groups, kernel height, kernel width]`.
  ///   - bias: `[outputChannels]`, or nil for none.
  ///   - expectedOutput: the extents of the maps that it will mostly write, if they are known: then
  ///     the method suits them. Maps of other extents are computed, too.
  ///   - method: how to compute, where the fastest way is not wanted; it must suit the geometry.
  package init(
    weights: Tensor, bias: [Float]? = nil, window: Window, groups: Int = 1,
    activation: Activation = .none, expectedOutput: (height: Int, width: Int)? = nil,
    method: Method? = nil, kernels: Kernels = .best
  ) {
    let shape = weights.shape
    precondition(
      shape.rank == 4 && shape[2] == window.kernel.height && shape[3] == window.kernel.width
        && shape[0] % groups == 0 && (bias?.count ?? shape[0]) == shape[0],
      "weights \(shape), \(groups) groups, kernel \(window.kernel), \(bias?.count ?? 0) biases")
    self.window = window
    self.groups = groups
    self.activation = activation
    self.kernels = kernels
    inputChannels = shape[1] * groups
    outputChannels = shape[0]
    let method =
      method
      ?? Self.fastestMethod(
        shape: shape, window: window, groups: groups, output: expectedOutput)
    self.method = method
    self.weights =
      switch method {
      case .depthwise: Self.packDepthwise(weights)
      case .winograd(let size): Self.packWinograd(weights, size: size, kernels: kernels)
      case .direct, .gathered: Self.packPanels(weights, groups: groups, kernels: kernels)
      }
    let groupOutputs = shape[0] / groups
    let paddedOutputs = kernels.wholeVectors(groupOutputs)
    self.bias = AlignedBuffer(count: method == .depthwise ? shape[0] : groups * paddedOutputs)
    if let bias {
      for (o, value) in bias.enumerated() {
        let place =
          method == .depthwise ? o : o / groupOutputs * paddedOutputs + o % groupOutputs
        self.bias.base[place] = value
      }
    }
    zeros = AlignedBuffer(count: inputChannels)
  }

  private static func fastestMethod(
    shape: Shape, window: Window, groups: Int, output: (height: Int, width: Int)?
  ) -> Method {
    if groups == shape[0] && shape[1] == 1 { return .depthwise }
    let isUnit = window.stride == (1, 1) && window.dilation == (1, 1)
    if isUnit && window.kernel == (1, 1) && window.padding == .none { return .direct }
    guard isUnit && window.kernel == (3, 3) && groups == 1 && shape[0] >= 16 && shape[1] >= 16
    else { return .gathered }
    guard let output else { return .winograd(size: 4) }
    // Estimated time for one image per input and output channel, in multiply-adds. Reading a weight
    // from memory costs as much as some 8 of them (4 bytes at 30 GB/s against 57 multiply-adds per
    // ns). The transforms cost some 180 operations per tile and input channel and 120 per tile and
    // output channel for tiles of 4 × 4, and 64 and 40 for tiles of 2 × 2, in vectors as large as
    // those of the multiply-adds.
    func winograd(_ size: Int, _ inputWork: Int, _ outputWork: Int) -> Int {
      let tiles = ((output.height + size - 1) / size) * ((output.width + size - 1) / size)
      let positions = (size + 2) * (size + 2)
      return tiles * (positions + inputWork / shape[0] + outputWork / shape[1]) + 8 * positions
    }
    let estimates: [(Method, Int)] = [
      (.gathered, 9 * output.height * output.width + 8 * 9),
      (.winograd(size: 2), winograd(2, 64, 40)), (.winograd(size: 4), winograd(4, 180, 120)),
    ]
    return estimates.min { $0.1 < $1.1 }?.0 ?? .gathered
  }

  private static func packDepthwise(_ weights: Tensor) -> AlignedBuffer {
    let channels = weights.shape[0]
    let taps = weights.shape[2] * weights.shape[3]
    let buffer = AlignedBuffer(count: channels * taps)
    for c in 0..<channels {
      for tap in 0..<taps { buffer.base[tap * channels + c] = weights.elements[c * taps + tap] }
    }
    return buffer
  }

  private static func packPanels(
    _ weights: Tensor, groups: Int, kernels: Kernels
  ) -> AlignedBuffer {
    let outputs = weights.shape[0] / groups
    let inputs = weights.shape[1]
    let taps = weights.shape[2] * weights.shape[3]
    let depth = taps * inputs
    let groupCount = kernels.wholeVectors(outputs) * depth
    let buffer = AlignedBuffer(count: groups * groupCount)
    weights.elements.withUnsafeBufferPointer { elements in
      guard let source = elements.baseAddress else { return }
      for group in 0..<groups {
        // Panel by panel, so that its weights stay in the cache for all taps.
        for first in stride(from: 0, to: outputs, by: kernels.panelWidth) {
          for tap in 0..<taps {
            ck_pack_panels(
              source + (group * outputs + first) * depth + tap, depth, taps,
              min(kernels.panelWidth, outputs - first), inputs, depth, tap * inputs,
              kernels.vectorWidth, buffer.base + group * groupCount + first * depth)
          }
        }
      }
    }
    return buffer
  }

  private static func packWinograd(
    _ weights: Tensor, size: Int, kernels: Kernels
  ) -> AlignedBuffer {
    let (outputs, inputs) = (weights.shape[0], weights.shape[1])
    let positions = (size + 2) * (size + 2)
    let positionCount = kernels.wholeVectors(outputs) * inputs
    let buffer = AlignedBuffer(count: positions * positionCount)
    kernels.table.pointee.pack_winograd(
      Int32(size), weights.elements, outputs, inputs, buffer.base, positionCount)
    return buffer
  }

  /// How many floats of scratch memory `callAsFunction` needs for an input of this size on this
  /// many threads.
  package func scratchCount(batch: Int, height: Int, width: Int, threads: Int) -> Int {
    let size = window.outputSize(height: height, width: width)
    let pixels = batch * size.height * size.width
    switch method {
    case .direct, .depthwise:
      return 0
    case .gathered:
      let blocks = PixelBlocks(self, pixels: pixels, threads: threads)
      return max(1, threads) * blocks.pixelsPerBlock * gatheredStride
    case .winograd(let size):
      return WinogradPlan(self, size: size, batch: batch, height: height, width: width, threads)
        .scratchCount
    }
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
    switch method {
    case .direct:
      multiplyBlocks(input, residual, output, scratch: nil, threads)
    case .gathered:
      precondition(scratch != nil, "convolution of \(input) without scratch memory")
      multiplyBlocks(input, residual, output, scratch: scratch, threads)
    case .depthwise:
      convolveDepthwise(input, residual, output, threads)
    case .winograd(let size):
      guard let scratch else {
        preconditionFailure("convolution of \(input) without scratch memory")
      }
      let plan = WinogradPlan(
        self, size: size, batch: input.batch, height: input.height, width: input.width, threads)
      convolveWinograd(plan, input, residual, output, scratch)
    }
  }

  // MARK: Products

  /// The depth of the products: the inputs that one output number depends on.
  private var depth: Int {
    window.kernel.height * window.kernel.width * (inputChannels / groups)
  }

  /// Between two gathered rows. Not a multiple of a page: such rows would compete for the same few
  /// places in the first-level cache.
  private var gatheredStride: Int { (depth + 15) / 16 * 16 + 16 }

  /// The pixels of the output, cut into blocks whose inputs stay in the second-level cache while
  /// all panels of weights pass by.
  private struct PixelBlocks {
    let count: Int
    let pixelsPerBlock: Int
    private let pixels: Int

    init(_ convolution: PackedConvolution, pixels: Int, threads: Int) {
      self.pixels = pixels
      let depth = convolution.depth
      let tileRows = convolution.kernels.tileRows
      let tiles = (pixels + tileRows - 1) / tileRows
      let tilesInCache = max(2, (1 << 16) / (max(1, depth) * tileRows))
      var count = max(1, (tiles + tilesInCache - 1) / tilesInCache)
      // Threads share out the pixels, so that each finds in its cache what it wrote in the layer
      // before, unless the weights are so many that reading them twice costs more.
      let numbers = pixels * (depth + convolution.outputChannels)
      let weights = depth * convolution.outputChannels
      if threads > 1 && count < 4 * threads && weights <= 3 * numbers {
        count = (min(tiles, max(count, threads)) + threads - 1) / threads * threads
      }
      self.count = min(count, max(1, pixels))
      pixelsPerBlock = (pixels + self.count - 1) / self.count
    }

    func range(_ block: Int) -> Range<Int> {
      block * pixels / count..<(block + 1) * pixels / count
    }
  }

  private func multiplyBlocks(
    _ input: Activations, _ residual: Activations?, _ output: Activations,
    scratch: UnsafeMutablePointer<Float>?, _ threads: Int
  ) {
    let groupInputs = inputChannels / groups
    let groupOutputs = outputChannels / groups
    let paddedOutputs = kernels.wholeVectors(groupOutputs)
    let panelWidth = kernels.panelWidth
    let panels = (groupOutputs + panelWidth - 1) / panelWidth
    let blocks = PixelBlocks(self, pixels: output.pixels, threads: threads)
    // Small maps have few blocks of pixels: there the threads share out the output channels, too.
    let shares =
      blocks.count * groups >= threads ? 1 : min(panels, (4 * threads - 1) / blocks.count + 1)
    let stride = gatheredStride
    let scratchPerWorker = blocks.pixelsPerBlock * stride
    let bounds = activation.bounds
    var maps = ck_maps(input)
    var window = ck_window(window, over: input)
    let depth = depth
    withUnsafePointer(to: &maps) { maps in
      withUnsafePointer(to: &window) { window in
        parallelFor(blocks.count * groups * shares, threads: threads) { unit, worker in
          let block = unit / (groups * shares)
          let group = unit / shares % groups
          let share = unit % shares
          let range = blocks.range(block)
          let first = share * panels / shares * panelWidth
          let last = min(groupOutputs, (share + 1) * panels / shares * panelWidth)
          let column = group * groupOutputs + first
          var product = ck_gemm(
            rows: range.count, depth: depth, columns: last - first,
            a: input.base + range.lowerBound * input.pixelStride + group * groupInputs,
            a_stride: input.pixelStride,
            panels: weights.base + (group * paddedOutputs + first) * depth, half: 0,
            accumulate: 0, c: output.base + range.lowerBound * output.pixelStride + column,
            c_stride: output.pixelStride, bias: bias.base + group * paddedOutputs + first,
            residual: residual.map {
              UnsafePointer($0.base + range.lowerBound * $0.pixelStride + column)
            },
            residual_stride: residual?.pixelStride ?? 0, lower: bounds.lower, upper: bounds.upper)
          if let scratch {
            let rows = scratch + worker * scratchPerWorker
            kernels.table.pointee.gather(
              maps, window, output.height, output.width, group * groupInputs, groupInputs,
              range.lowerBound, range.count, rows, stride)
            product.a = UnsafePointer(rows)
            product.a_stride = stride
          }
          kernels.table.pointee.gemm(&product)
        }
      }
    }
  }

  // MARK: Depthwise

  private func convolveDepthwise(
    _ input: Activations, _ residual: Activations?, _ output: Activations, _ threads: Int
  ) {
    var source = ck_maps(input)
    var target = ck_maps(output)
    var window = ck_window(window, over: input)
    var epilogue = epilogue(residual)
    let rows = output.batch * output.height
    // Some 5 µs of work for each share.
    let work = output.pixels * output.channels * window.kernel_height * window.kernel_width
    let shares = max(1, min(rows, 4 * threads, work >> 17))
    withUnsafePointer(to: &source) { source in
      withUnsafePointer(to: &target) { target in
        withUnsafePointer(to: &window) { window in
          withUnsafePointer(to: &epilogue) { epilogue in
            parallelFor(shares, threads: threads) { share in
              kernels.table.pointee.depthwise(
                source, window, weights.base, zeros.base, epilogue, target,
                share * rows / shares, (share + 1) * rows / shares)
            }
          }
        }
      }
    }
  }

  private func epilogue(_ residual: Activations?) -> ck_epilogue {
    ck_epilogue(
      bias: bias.base, residual: residual.map { UnsafePointer($0.base) },
      residual_pixel_stride: residual?.pixelStride ?? 0, lower: activation.bounds.lower,
      upper: activation.bounds.upper)
  }

  // MARK: Winograd

  /// How the tiles of one call are cut up.
  private struct WinogradPlan {
    let size: Int
    let positions: Int
    let tilesDown: Int
    let tilesAcross: Int
    let tiles: Int
    /// The tiles of one pass through all three steps: a block for each thread at a time, or all
    /// tiles with the threads sharing each step.
    let tilesPerPass: Int
    let passes: Int
    let sharesSteps: Bool
    let threads: Int
    /// Between the rows of transformed inputs, and of products.
    let inputStride: Int
    let outputStride: Int

    init(
      _ convolution: PackedConvolution, size: Int, batch: Int, height: Int, width: Int,
      _ threads: Int
    ) {
      let kernels = convolution.kernels
      let output = convolution.window.outputSize(height: height, width: width)
      self.size = size
      self.threads = threads
      positions = (size + 2) * (size + 2)
      tilesDown = (output.height + size - 1) / size
      tilesAcross = (output.width + size - 1) / size
      tiles = batch * tilesDown * tilesAcross
      // The odd number of cache lines keeps rows from competing for the same places in the cache.
      inputStride = kernels.wholeVectors(convolution.inputChannels) + kernels.vectorWidth
      outputStride = kernels.wholeVectors(convolution.outputChannels) + kernels.vectorWidth
      let weights = positions * convolution.inputChannels * convolution.outputChannels
      // Weights that fit into the second-level cache leave room for few tiles. Larger ones stream
      // past for each block, and the larger the block the less often.
      let inCache = weights <= 160_000 ? 24 : 48
      let blocks = (tiles + inCache - 1) / inCache
      // As in a product, each thread takes tiles of its own unless the weights outweigh them.
      let numbers = positions * tiles * (inputStride + outputStride)
      sharesSteps = threads > 1 && (tiles < 2 * threads || weights > 2 * numbers)
      let wholeShares = threads > 1 ? (blocks + threads - 1) / threads * threads : blocks
      passes = sharesSteps ? 1 : wholeShares
      tilesPerPass = (tiles + passes - 1) / passes
    }

    var inputCount: Int { positions * tilesPerPass * inputStride }
    var outputCount: Int { positions * tilesPerPass * outputStride }

    var scratchCount: Int {
      (sharesSteps ? 1 : min(threads, passes)) * (inputCount + outputCount)
    }
  }

  private func convolveWinograd(
    _ plan: WinogradPlan, _ input: Activations, _ residual: Activations?, _ output: Activations,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    var source = ck_maps(input)
    var target = ck_maps(output)
    var window = ck_window(window, over: input)
    var epilogue = epilogue(residual)
    let positionWeights = kernels.wholeVectors(outputChannels) * inputChannels
    withUnsafePointer(to: &source) { source in
      withUnsafePointer(to: &target) { target in
        withUnsafePointer(to: &window) { window in
          withUnsafePointer(to: &epilogue) { epilogue in
            parallelFor(plan.passes, threads: plan.threads) { pass, worker in
              let inputs = scratch + worker * (plan.inputCount + plan.outputCount)
              let products = inputs + plan.inputCount
              let firstTile = pass * plan.tiles / plan.passes
              let tiles = (pass + 1) * plan.tiles / plan.passes - firstTile
              // A step with one share runs on this thread.
              let stepThreads = plan.sharesSteps ? plan.threads : 1
              let shares = plan.sharesSteps ? min(tiles, 4 * plan.threads) : 1
              parallelFor(shares, threads: stepThreads) { share in
                let first = share * tiles / shares
                kernels.table.pointee.winograd_input(
                  Int32(plan.size), source, window, zeros.base, plan.tilesDown, plan.tilesAcross,
                  firstTile + first, (share + 1) * tiles / shares - first,
                  inputs + first * plan.inputStride, plan.inputStride, tiles * plan.inputStride)
              }
              parallelFor(plan.positions, threads: stepThreads) { position in
                var product = ck_gemm(
                  rows: tiles, depth: inputChannels, columns: kernels.wholeVectors(outputChannels),
                  a: inputs + position * tiles * plan.inputStride, a_stride: plan.inputStride,
                  panels: weights.base + position * positionWeights, half: 0, accumulate: 0,
                  c: products + position * tiles * plan.outputStride,
                  c_stride: plan.outputStride, bias: nil, residual: nil, residual_stride: 0,
                  lower: -.infinity, upper: .infinity)
                kernels.table.pointee.gemm(&product)
              }
              parallelFor(shares, threads: stepThreads) { share in
                let first = share * tiles / shares
                kernels.table.pointee.winograd_output(
                  Int32(plan.size), products + first * plan.outputStride, plan.outputStride,
                  tiles * plan.outputStride, epilogue, target, plan.tilesDown, plan.tilesAcross,
                  firstTile + first, (share + 1) * tiles / shares - first)
              }
            }
          }
        }
      }
    }
  }
}

extension ck_maps {
  init(_ maps: Activations) {
    self.init(
      base: maps.base, batch: maps.batch, height: maps.height, width: maps.width,
      channels: maps.channels, pixel_stride: maps.pixelStride)
  }
}

extension ck_window {
  /// - Parameter input: what the window slides over.
  init(_ window: Window, over input: Activations) {
    let padding = window.leadingPadding(height: input.height, width: input.width)
    self.init(
      kernel_height: window.kernel.height, kernel_width: window.kernel.width,
      stride_vertical: window.stride.vertical, stride_horizontal: window.stride.horizontal,
      padding_vertical: padding.vertical, padding_horizontal: padding.horizontal,
      dilation_vertical: window.dilation.vertical, dilation_horizontal: window.dilation.horizontal)
  }
}
