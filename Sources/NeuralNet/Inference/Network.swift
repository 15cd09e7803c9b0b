internal import Tensors

/// What is done to every pixel of an image first: `value · scale[channel] + shift[channel]`.
package struct ChannelTransform: Sendable {
  /// `[channels]`
  let scale: [Float]
  /// `[channels]`
  let shift: [Float]

  package init(scale: [Float], shift: [Float]) {
    precondition(
      scale.count == shift.count, "\(scale.count) scales with \(shift.count) shifts")
    self.scale = scale
    self.shift = shift
  }
}

/// How one feature map of a network comes from earlier ones, named by their indices.
enum Operation: Sendable {
  /// The images.
  case input(ChannelTransform?)
  case convolution(PackedConvolution, input: Int, residual: Int?)
  case maximum(Window, ceil: Bool, input: Int)
  case average(Window, ceil: Bool, includePadding: Bool, input: Int)
  case adaptiveAverage(height: Int, width: Int, input: Int)
  case tanh(input: Int)
  case concatenation([Int])
  case linear(PackedMatrix, height: Int, width: Int, activation: Activation, input: Int)

  /// The feature maps that it reads.
  var inputs: [Int] {
    switch self {
    case .input: []
    case .convolution(_, let input, let residual): [input] + (residual.map { [$0] } ?? [])
    case .maximum(_, _, let input), .average(_, _, _, let input),
      .adaptiveAverage(_, _, let input), .tanh(let input), .linear(_, _, _, _, let input):
      [input]
    case .concatenation(let inputs): inputs
    }
  }
}

/// A convolutional network ready for inference: immutable, its weights arranged for this machine's
/// kernels, shared by all threads. What changes while it runs lives in a `NetworkScratch`.
package final class Network: Sendable {
  let operations: [Operation]
  /// Of every feature map.
  let channels: [Int]

  init(operations: [Operation], channels: [Int]) {
    self.operations = operations
    self.channels = channels
  }

  /// How many multiplications and additions the convolutions and fully connected layers take for
  /// one image, as they are defined (a faster algorithm may need fewer).
  ///
  /// - Returns: nil where the network cannot take images of this size.
  package func operationCount(outputs: [FeatureMap], height: Int, width: Int) -> Int? {
    let needed = needed(for: outputs)
    guard let sizes = sizes(height: height, width: width, needed: needed) else { return nil }
    var count = 0
    for (index, operation) in operations.enumerated() where needed[index] {
      switch operation {
      case .convolution(let convolution, _, _):
        let kernel = convolution.window.kernel
        let products =
          convolution.inputChannels / convolution.groups * kernel.height * kernel.width
        count += 2 * products * sizes[index].height * sizes[index].width * channels[index]
      case .linear(let matrix, _, _, _, _): count += 2 * matrix.inputs * matrix.outputs
      default: break
      }
    }
    return count
  }

  /// Which feature maps must be computed for `outputs`.
  func needed(for outputs: [FeatureMap]) -> [Bool] {
    var needed = [Bool](repeating: false, count: operations.count)
    for output in outputs { needed[output.index] = true }
    for index in operations.indices.reversed() where needed[index] {
      for input in operations[index].inputs { needed[input] = true }
    }
    return needed
  }

  /// The height and width of every needed feature map for images of the given size, or nil where
  /// the images are too small, or (before a fully connected layer) not of the only size that fits.
  func sizes(height: Int, width: Int, needed: [Bool]) -> [(height: Int, width: Int)]? {
    var sizes = [(height: Int, width: Int)](repeating: (0, 0), count: operations.count)
    for (index, operation) in operations.enumerated() where needed[index] {
      switch operation {
      case .input: sizes[index] = (height, width)
      case .convolution(let convolution, let input, let residual):
        let size = sizes[input]
        sizes[index] = convolution.window.outputSize(height: size.height, width: size.width)
        if let residual {
          precondition(
            sizes[residual] == sizes[index],
            "a residual of \(sizes[residual]) for a feature map of \(sizes[index])")
        }
      case .maximum(let window, let ceil, let input),
        .average(let window, let ceil, _, let input):
        let size = sizes[input]
        sizes[index] = window.outputSize(height: size.height, width: size.width, ceil: ceil)
      case .adaptiveAverage(let height, let width, _): sizes[index] = (height, width)
      case .tanh(let input): sizes[index] = sizes[input]
      case .concatenation(let inputs):
        sizes[index] = sizes[inputs[0]]
        precondition(
          inputs.allSatisfy { sizes[$0] == sizes[index] },
          "feature maps of \(inputs.map { sizes[$0] }) cannot be concatenated")
      case .linear(_, let height, let width, _, let input):
        guard sizes[input] == (height, width) else { return nil }
        sizes[index] = (1, 1)
      }
      guard sizes[index].height > 0 && sizes[index].width > 0 else { return nil }
    }
    return sizes
  }

  /// The smallest height and width that the network takes together with the smallest square, found
  /// by trying: they are needed only for the sentence that explains an error.
  func minimumSize(needed: [Bool]) -> (height: Int, width: Int) {
    let largest = 1024
    func smallest(_ fits: (Int) -> Bool) -> Int { (1...largest).first(where: fits) ?? largest }
    let square = smallest { sizes(height: $0, width: $0, needed: needed) != nil }
    return (
      smallest { sizes(height: $0, width: square, needed: needed) != nil },
      smallest { sizes(height: square, width: $0, needed: needed) != nil }
    )
  }
}

/// What can be wrong with what a user asks of a network.
package enum NetworkError: Error, Equatable, CustomStringConvertible {
  case tooSmall(
    height: Int, width: Int, minimumHeight: Int, minimumWidth: Int)
  case otherSize(height: Int, width: Int, onlyHeight: Int, onlyWidth: Int)

  package var description: String {
    switch self {
    case .tooSmall(let height, let width, let minimumHeight, let minimumWidth):
      """
      the image encoder needs at least \(minimumWidth)×\(minimumHeight) pixels, \
      got \(width)×\(height)
      """
    case .otherSize(let height, let width, let onlyHeight, let onlyWidth):
      """
      the image encoder takes images of \(onlyWidth)×\(onlyHeight) pixels only, \
      got \(width)×\(height)
      """
    }
  }
}
