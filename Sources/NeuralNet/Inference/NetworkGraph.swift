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

  @inline(never)
  func apply(to images: Activations) {
    for pixel in 0..<images.pixels {
      let values = images.base + pixel * images.pixelStride
      for channel in 0..<images.channels {
        values[channel] = values[channel] * scale[channel] + shift[channel]
      }
    }
  }
}

/// What slides a window over a feature map.
protocol Windowed: Sendable {
  var window: Window { get }
}

/// How one feature map of a network comes from earlier ones, named by their indices. What stands
/// for the parameters of convolutions and fully connected layers is another type in a definition
/// and in a network ready for inference.
enum Operation<Convolution: Windowed, Matrix: Sendable>: Sendable {
  /// The images.
  case input(ChannelTransform?)
  /// With bias, batch normalisation, residual and activation, as far as there are any.
  case convolution(Convolution, input: Int, residual: Int?)
  case maximum(Window, ceil: Bool, input: Int)
  case average(Window, ceil: Bool, includePadding: Bool, input: Int)
  case adaptiveAverage(height: Int, width: Int, input: Int)
  case tanh(input: Int)
  /// Its input, but in training.
  case dropout(Dropout, input: Int)
  case concatenation([Int])
  case linear(Matrix, height: Int, width: Int, activation: Activation, input: Int)

  /// The feature maps that it reads.
  var inputs: [Int] {
    switch self {
    case .input: []
    case .convolution(_, let input, let residual): [input] + (residual.map { [$0] } ?? [])
    case .maximum(_, _, let input), .average(_, _, _, let input),
      .adaptiveAverage(_, _, let input), .tanh(let input), .dropout(_, let input),
      .linear(_, _, _, _, let input):
      [input]
    case .concatenation(let inputs): inputs
    }
  }
}

/// Which feature maps a network computes, and from which.
struct NetworkGraph<Convolution: Windowed, Matrix: Sendable>: Sendable {
  private(set) var operations: [Operation<Convolution, Matrix>] = []
  /// Of every feature map.
  private(set) var channels: [Int] = []

  mutating func append(_ operation: Operation<Convolution, Matrix>, channels count: Int) {
    operations.append(operation)
    channels.append(count)
  }

  /// The same graph with other parameters.
  ///
  /// - Parameters:
  ///   - convolution: is also told the feature map that the convolution reads.
  ///   - matrix: is also told how many pixels the feature map has that the layer reads.
  func mapped<NewConvolution: Windowed, NewMatrix: Sendable>(
    convolution: (Convolution, _ input: Int) throws -> NewConvolution,
    matrix: (Matrix, _ pixels: Int) throws -> NewMatrix
  ) rethrows -> NetworkGraph<NewConvolution, NewMatrix> {
    var result = NetworkGraph<NewConvolution, NewMatrix>()
    for (operation, count) in zip(operations, channels) {
      let mapped: Operation<NewConvolution, NewMatrix> =
        switch operation {
        case .input(let transform): .input(transform)
        case .convolution(let parameters, let input, let residual):
          .convolution(try convolution(parameters, input), input: input, residual: residual)
        case .maximum(let window, let ceil, let input):
          .maximum(window, ceil: ceil, input: input)
        case .average(let window, let ceil, let includePadding, let input):
          .average(window, ceil: ceil, includePadding: includePadding, input: input)
        case .adaptiveAverage(let height, let width, let input):
          .adaptiveAverage(height: height, width: width, input: input)
        case .tanh(let input): .tanh(input: input)
        case .dropout(let dropout, let input): .dropout(dropout, input: input)
        case .concatenation(let inputs): .concatenation(inputs)
        case .linear(let parameters, let height, let width, let activation, let input):
          .linear(
            try matrix(parameters, height * width), height: height, width: width,
            activation: activation, input: input)
        }
      result.append(mapped, channels: count)
    }
    return result
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
      case .tanh(let input), .dropout(_, let input): sizes[index] = sizes[input]
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

  /// The same.
  ///
  /// - Throws: `NetworkError` if the network cannot take images of this size.
  func checkedSizes(
    height: Int, width: Int, needed: [Bool]
  ) throws -> [(height: Int, width: Int)] {
    if let sizes = sizes(height: height, width: width, needed: needed) { return sizes }
    let least = minimumSize(needed: needed)
    if height < least.height || width < least.width {
      throw NetworkError.tooSmall(
        height: height, width: width, minimumHeight: least.height, minimumWidth: least.width)
    }
    throw NetworkError.otherSize(
      height: height, width: width, onlyHeight: least.height, onlyWidth: least.width)
  }

  /// The smallest height and width that the network takes together with the smallest square, found
  /// by trying: they are needed only for the sentence that explains an error.
  private func minimumSize(needed: [Bool]) -> (height: Int, width: Int) {
    let largest = 1024
    func smallest(_ fits: (Int) -> Bool) -> Int { (1...largest).first(where: fits) ?? largest }
    let square = smallest { sizes(height: $0, width: $0, needed: needed) != nil }
    return (
      smallest { sizes(height: $0, width: square, needed: needed) != nil },
      smallest { sizes(height: square, width: $0, needed: needed) != nil }
    )
  }
}
