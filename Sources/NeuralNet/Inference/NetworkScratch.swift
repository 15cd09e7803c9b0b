package import Tensors

/// Everything that changes while a network runs, for one worker: the plan for the size of the last
/// images, and the memory that the plan needs. Images of the same size as the last ones allocate
/// nothing.
package final class NetworkScratch {
  private let network: Network
  /// On how many threads each layer runs.
  package let threads: Int
  private var plan: NetworkPlan?
  private var size: (height: Int, width: Int) = (0, 0)
  private var memory = AlignedBuffer(count: 0)

  package init(_ network: Network, threads: Int = 1) {
    self.network = network
    self.threads = threads
  }

  /// The bytes of memory held for feature maps and for the kernels.
  package var byteCount: Int { memory.count * MemoryLayout<Float>.stride }

  /// Computes `outputs`, to be read with `output`, and nothing that they do not need.
  ///
  /// - Parameter images: `[batch, channels, height, width]`.
  /// - Throws: `NetworkError` if the network cannot take images of this size.
  package func run(_ images: Tensor, outputs: [FeatureMap]) throws {
    precondition(
      images.shape.rank == 4 && images.shape[0] > 0
        && images.shape[1] == network.graph.channels[0],
      "images \(images.shape) for a network of \(network.graph.channels[0]) channels")
    let plan = try prepare(
      batch: images.shape[0], height: images.shape[2], width: images.shape[3], outputs: outputs)
    images.elements.withUnsafeBufferPointer { images in
      guard let images = images.baseAddress else { return }
      for step in plan.steps { run(step, plan, images) }
    }
  }

  /// One image's share of an output of the last `run`: `[height, width, channels]`.
  ///
  /// - Precondition: `map` was among the outputs asked for.
  package func output(_ map: FeatureMap, image: Int) -> Tensor {
    guard let plan, plan.outputs.contains(map), let place = plan.places[map.index],
      image < plan.batch
    else { preconditionFailure("feature map \(map.index) of image \(image) was not computed") }
    let pixels = place.height * place.width
    let source = memory.base + place.offset + image * pixels * place.pixelStride
    let elements = [Float](unsafeUninitializedCapacity: pixels * place.channels) { target, count in
      count = pixels * place.channels
      guard var target = target.baseAddress else { return }
      for pixel in 0..<pixels {
        target.update(from: source + pixel * place.pixelStride, count: place.channels)
        target += place.channels
      }
    }
    return Tensor([place.height, place.width, place.channels], elements)
  }

  /// The plan for images of this size, and memory enough for it.
  private func prepare(
    batch: Int, height: Int, width: Int, outputs: [FeatureMap]
  ) throws -> NetworkPlan {
    if let plan, plan.batch == batch, size == (height, width), plan.outputs == outputs {
      return plan
    }
    let plan = try NetworkPlan(
      network, batch: batch, height: height, width: width, outputs: outputs, threads: threads)
    if plan.count > memory.count {
      // The old memory goes first, so that both never exist together.
      memory = AlignedBuffer(count: 0)
      memory = AlignedBuffer(count: plan.count)
    }
    self.plan = plan
    size = (height, width)
    return plan
  }

  private func run(_ step: Int, _ plan: NetworkPlan, _ images: UnsafePointer<Float>) {
    func view(_ index: Int) -> Activations {
      guard let place = plan.places[index] else {
        preconditionFailure("feature map \(index) has no place")
      }
      return Activations(
        memory.base + place.offset, batch: plan.batch, height: place.height, width: place.width,
        channels: place.channels, pixelStride: place.pixelStride)
    }
    let output = view(step)
    switch network.graph.operations[step] {
    case .input(let transform):
      output.fromPlanes(images)
      transform?.apply(to: output)
    case .convolution(let convolution, let input, let residual):
      convolution(
        view(input), residual: residual.map(view), into: output,
        scratch: plan.scratchOffsets[step].map { memory.base + $0 }, threads: threads)
    case .maximum(let window, let ceil, let input):
      Pooling.max(view(input), window: window, ceilMode: ceil, into: output, threads: threads)
    case .average(let window, let ceil, let includePadding, let input):
      Pooling.average(
        view(input), window: window, ceilMode: ceil, includePadding: includePadding, into: output,
        threads: threads)
    case .adaptiveAverage(_, _, let input):
      Pooling.adaptiveAverage(view(input), into: output, threads: threads)
    case .tanh(let input):
      let input = view(input)
      for pixel in 0..<input.pixels {
        VectorMath.tanh(
          input.base + pixel * input.pixelStride, count: input.channels,
          into: output.base + pixel * output.pixelStride)
      }
    case .dropout(_, let input): output.copy(view(input))
    case .concatenation: break
    case .linear(let matrix, let height, let width, let activation, let input):
      let input = view(input)
      precondition(
        height * width == 1 || input.pixelStride == input.channels,
        "a fully connected layer reads a slice of \(input.channels) of \(input.pixelStride)")
      matrix(
        input.base, rows: plan.batch, inputStride: height * width * input.pixelStride,
        into: output.base, outputStride: output.pixelStride, activation: activation,
        threads: threads)
    }
  }
}
