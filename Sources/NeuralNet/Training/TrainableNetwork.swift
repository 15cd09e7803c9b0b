package import Tensors

/// A convolutional network in training, made from the definition that inference uses, too.
///
/// Checkpoint keys: those of the definition. With the tensors of the trained network, the
/// definition's `build` makes the network for inference that computes what `evaluate` does.
///
///     var network = try TrainableNetwork(net, weights: weights)
///     try network.freeze(before: "layer3")
///     var gradients = network.zeros()
///     …
///     gradients.reset()
///     let trace = try network.forward(images, outputs: [map], random: &random)
///     let slope = … of the loss with respect to trace.output(map)
///     network.backward(trace, [map: slope], gradients: &gradients)
///     optimizer.update(&network, gradients, rate: rate)
package struct TrainableNetwork: Trainable {
  /// A fully connected layer.
  struct Layer: Sendable {
    let name: String
    var linear: Linear
  }

  let graph: NetworkGraph<ConvolutionDefinition, LinearDefinition>
  var convolutions: [TrainableConvolution] = []
  var linears: [Layer] = []
  /// Of each feature map that a convolution or fully connected layer computes, which of them.
  let places: [Int?]
  /// Which feature maps change with parameters that training changes.
  private(set) var learns: [Bool]
  /// The first feature map that is not frozen.
  private var firstTrained = 0
  /// Whether batch normalisation keeps its parameters and its running statistics, and uses them.
  package var freezesNormalization = false

  /// - Parameters:
  ///   - definition: the network.
  ///   - weights: what the checkpoint keys are counted from: a part of the names that the definition
  ///     has the parameters under.
  /// - Throws: `WeightError` if parameters are missing or have other shapes.
  package init(_ definition: NetworkBuilder, weights root: WeightReader) throws {
    graph = definition.graph
    var places: [Int?] = []
    for operation in graph.operations {
      switch operation {
      case .convolution(let convolution, _, _):
        places.append(convolutions.count)
        convolutions.append(
          try TrainableConvolution(
            convolution, epsilon: definition.normalizationEpsilon, root: root))
      case .linear(let matrix, _, _, _, _):
        places.append(linears.count)
        linears.append(
          Layer(
            name: matrix.weights.name(from: root),
            linear: try Linear(
              matrix.weights, inputs: matrix.inputs, outputs: matrix.outputs)))
      default: places.append(nil)
      }
    }
    self.places = places
    learns = []
    learns = learning()
  }

  package mutating func visitParameters(_ visit: ParameterVisitor) {
    for (index, operation) in graph.operations.enumerated() {
      guard let place = places[index] else { continue }
      let isFrozen = index < firstTrained
      switch operation {
      case .convolution:
        convolutions[place].visitParameters(
          visit, isFrozen: isFrozen, freezesNormalization: freezesNormalization)
      default:
        let name = linears[place].name
        if isFrozen {
          visit.frozen(name, &linears[place].linear)
        } else {
          visit(name, &linears[place].linear)
        }
      }
    }
  }

  /// Freezes all layers before the first whose name is `layer` or begins with it: they are computed
  /// as in inference, get no gradients, and keep no feature maps for the way back. Gradients are to
  /// be made afterwards.
  ///
  /// - Parameter layer: a checkpoint key's beginning, such as `layer3` or `features.14`.
  /// - Throws: `NetworkError.noLayer` if there is none.
  package mutating func freeze(before layer: String) throws {
    let names = names
    guard
      let first = names.first(where: { $0.name == layer || $0.name.hasPrefix(layer + ".") })
    else { throw NetworkError.noLayer(layer, layers: stages) }
    firstTrained = first.index
    learns = learning()
  }

  /// The names that `freeze` is meant for, in their order: the keys' first parts, and the second,
  /// too, where that is a place among others (`features.14`, `layer1.0`).
  package var stages: [String] {
    var result: [String] = []
    for (name, _) in names {
      let parts = name.split(separator: ".")
      let count = parts.count > 1 && Int(parts[1]) != nil ? 2 : 1
      let stage = parts.prefix(count).joined(separator: ".")
      if !result.contains(stage) { result.append(stage) }
    }
    return result
  }

  /// The names of all layers with parameters, and the feature maps that they belong to.
  private var names: [(name: String, index: Int)] {
    graph.operations.indices.flatMap { index -> [(name: String, index: Int)] in
      guard let place = places[index] else { return [] }
      guard case .convolution = graph.operations[index] else {
        return [(linears[place].name, index)]
      }
      let convolution = convolutions[place]
      return [convolution.name, convolution.normalizationName].compactMap {
        $0.map { ($0, index) }
      }
    }
  }

  private func learning() -> [Bool] {
    var result: [Bool] = []
    for (index, operation) in graph.operations.enumerated() {
      result.append(
        places[index] != nil && index >= firstTrained
          || operation.inputs.contains { result[$0] })
    }
    return result
  }
}
