internal import Tensors

extension PackedConvolution: Windowed {}

/// A convolutional network ready for inference: immutable, its weights arranged for this machine's
/// kernels, shared by all threads. What changes while it runs lives in a `NetworkScratch`.
package final class Network: Sendable {
  let graph: NetworkGraph<PackedConvolution, PackedMatrix>

  init(_ graph: NetworkGraph<PackedConvolution, PackedMatrix>) {
    self.graph = graph
  }

  /// How many multiplications and additions the convolutions and fully connected layers take for
  /// one image, as they are defined (a faster algorithm may need fewer).
  ///
  /// - Returns: nil where the network cannot take images of this size.
  package func operationCount(outputs: [FeatureMap], height: Int, width: Int) -> Int? {
    let needed = graph.needed(for: outputs)
    guard let sizes = graph.sizes(height: height, width: width, needed: needed) else { return nil }
    var count = 0
    for (index, operation) in graph.operations.enumerated() where needed[index] {
      switch operation {
      case .convolution(let convolution, _, _):
        let kernel = convolution.window.kernel
        let products =
          convolution.inputChannels / convolution.groups * kernel.height * kernel.width
        count += 2 * products * sizes[index].height * sizes[index].width * graph.channels[index]
      case .linear(let matrix, _, _, _, _): count += 2 * matrix.inputs * matrix.outputs
      default: break
      }
    }
    return count
  }
}
