internal import Tensors

extension NetworkBuilder {
  /// The network as defined so far, ready for inference. Batch normalisation is folded into the
  /// convolution before it; bias, residual and activation happen while the convolution writes its
  /// result.
  ///
  /// - Parameter expectedImage: the size that images will mostly have, if it is known: then every
  ///   convolution is computed by the method that suits its maps. Images of other sizes are
  ///   computed, too.
  /// - Throws: `WeightError` if parameters are missing, have other shapes or are not finite.
  package func build(expectedImage: (height: Int, width: Int)? = nil) throws -> Network {
    /// The size of a feature map for images of the expected size, if one is expected and fits.
    func expectedSize(of map: Int) -> (height: Int, width: Int)? {
      guard let expectedImage else { return nil }
      let needed = graph.needed(for: [FeatureMap(index: map, channels: graph.channels[map])])
      let sizes = graph.sizes(
        height: expectedImage.height, width: expectedImage.width, needed: needed)
      return sizes?[map]
    }
    return Network(
      try graph.mapped { definition, input in
        let (weight, bias) = try folded(definition)
        return PackedConvolution(
          weights: weight, bias: bias, window: definition.window, groups: definition.groups,
          activation: definition.activation,
          expectedOutput: expectedSize(of: input).map {
            definition.window.outputSize(height: $0.height, width: $0.width)
          })
      } matrix: { definition, pixels in
        let weight = try definition.weights.tensor(
          "weight", [definition.outputs, definition.inputs])
        return PackedMatrix(
          weights: weight.channelsLast(pixels: pixels),
          bias: try definition.weights.tensor("bias", [definition.outputs]).elements)
      })
  }

  /// A convolution's weights and bias with the batch normalisation after it in them.
  private func folded(
    _ definition: ConvolutionDefinition
  ) throws -> (weight: Tensor, bias: [Float]?) {
    let (height, width) = definition.window.kernel
    let weight = try definition.weights.tensor(
      "weight", [definition.outputs, definition.inputs / definition.groups, height, width])
    let bias =
      definition.hasBias
      ? try definition.weights.tensor("bias", [definition.outputs]).elements : nil
    guard let normalization = definition.normalization else { return (weight, bias) }
    let folded = try BatchNormalization2d(
      normalization, channels: definition.outputs, epsilon: normalizationEpsilon
    ).folded(into: weight, bias: bias)
    // A negative variance has no root, and great factors overflow together.
    guard folded.weight.elements.areFinite, folded.bias.areFinite else {
      throw normalization.notFinite("weight")
    }
    return folded
  }
}

extension Tensor {
  /// The weights of a fully connected layer over a feature map, with every row `[channels, pixels]`
  /// turned into `[pixels, channels]`.
  fileprivate func channelsLast(pixels: Int) -> Tensor {
    guard pixels > 1 else { return self }
    let channels = shape[1] / pixels
    return Tensor(uninitialized: shape) { result in
      elements.withUnsafeBufferPointer { weight in
        for row in stride(from: 0, to: weight.count, by: channels * pixels) {
          for pixel in 0..<pixels {
            for channel in 0..<channels {
              result[row &+ pixel &* channels &+ channel] =
                weight[row &+ channel &* pixels &+ pixel]
            }
          }
        }
      }
    }
  }
}
