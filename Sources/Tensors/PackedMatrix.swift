internal import CKernels

/// A linear layer's weights rearranged once for products with a few rows: immutable, shared by all
/// threads.
///
/// Weights that are exactly numbers of half precision, as those of most published bundles are, stay
/// in half precision in memory: products with few rows wait for memory, and widening a half is
/// exact, so that the results have the same bits either way.
package final class PackedMatrix: Sendable {
  package let inputs: Int
  package let outputs: Int
  private let kernels: Kernels
  private let isHalf: Bool
  /// Panels as `ck_gemm` wants them: floats, or two halves in the place of each.
  private let panels: AlignedBuffer
  /// [outputs], padded to whole vectors.
  private let bias: AlignedBuffer?

  /// The depth that one pass over a panel covers when there are more rows than one tile holds, so
  /// that the part of the panel stays in the second-level cache from one tile to the next.
  private static let depthBlock = 2048

  /// - Parameters:
  ///   - weights: `[outputs, inputs]`, as PyTorch's `Linear` keeps them, or `[inputs, outputs]` if
  ///     `transposed`.
  ///   - bias: `[outputs]`, or nil for none.
  package init(
    weights: Tensor, transposed: Bool = false, bias: [Float]? = nil, kernels: Kernels = .best
  ) {
    let outputs = weights.shape[transposed ? 1 : 0]
    let inputs = weights.shape[transposed ? 0 : 1]
    precondition(
      weights.shape.rank == 2 && (bias?.count ?? outputs) == outputs,
      "weights \(weights.shape)\(transposed ? ", transposed" : ""), \(bias?.count ?? 0) biases")
    let (columnStride, depthStride) = transposed ? (1, outputs) : (inputs, 1)
    let padded = kernels.wholeVectors(outputs)
    let isHalf =
      kernels.table.pointee.has_half != 0
      && ck_exact_in_half(weights.elements, weights.elements.count) != 0
    let panels = AlignedBuffer(count: isHalf ? (padded * inputs + 1) / 2 : padded * inputs)
    let panelWidth = kernels.panelWidth
    weights.elements.withUnsafeBufferPointer { elements in
      guard let source = elements.baseAddress else { return }
      if isHalf {
        // Panel by panel through a float panel.
        let panel = AlignedBuffer(count: panelWidth * inputs)
        let halves = UnsafeMutableRawPointer(panels.base).assumingMemoryBound(to: UInt16.self)
        for first in stride(from: 0, to: outputs, by: panelWidth) {
          let count = min(panelWidth, outputs - first)
          if count < panelWidth { panel.base.update(repeating: 0, count: panel.count) }
          ck_pack_panels(
            source + first * columnStride, columnStride, depthStride, count, inputs, inputs, 0,
            kernels.vectorWidth, panel.base)
          ck_float_to_half(
            panel.base, halves + first * inputs, kernels.wholeVectors(count) * inputs)
        }
        withExtendedLifetime(panel) {}
      } else {
        ck_pack_panels(
          source, columnStride, depthStride, outputs, inputs, inputs, 0, kernels.vectorWidth,
          panels.base)
      }
    }
    self.bias = bias.map { bias in
      let buffer = AlignedBuffer(count: padded)
      buffer.base.update(from: bias, count: outputs)
      return buffer
    }
    self.panels = panels
    self.outputs = outputs
    self.inputs = inputs
    self.kernels = kernels
    self.isHalf = isHalf
  }

  /// output[r, :] = activation(input[r, :] · weightsᵀ + bias), for `rows` rows.
  ///
  /// - Parameters:
  ///   - input: rows of `inputs` floats, `inputStride` apart.
  ///   - output: rows of `outputs` floats, `outputStride` apart.
  ///   - accumulate: adds to what `output` holds (before the activation) instead of overwriting it.
  package func callAsFunction(
    _ input: UnsafePointer<Float>, rows: Int, inputStride: Int? = nil,
    into output: UnsafeMutablePointer<Float>, outputStride: Int? = nil, accumulate: Bool = false,
    activation: Activation = .none, threads: Int = 1
  ) {
    let panelWidth = kernels.panelWidth
    let panelCount = (outputs + panelWidth - 1) / panelWidth
    // Below some 50 µs of work another thread costs more than it brings.
    let work = rows * inputs * outputs
    let shares = work < 1 << 19 ? 1 : min(threads, panelCount)
    let groups = shares == 1 ? 1 : min(panelCount, 4 * shares)
    parallelFor(groups, threads: shares) { group in
      let first = group * panelCount / groups * panelWidth
      let last = min(outputs, (group + 1) * panelCount / groups * panelWidth)
      multiply(
        input, rows: rows, inputStride: inputStride ?? inputs, into: output,
        outputStride: outputStride ?? outputs, accumulate: accumulate, activation: activation,
        first: first, last: last)
    }
  }

  /// The columns [first, last) of the product; `first` starts a panel.
  private func multiply(
    _ input: UnsafePointer<Float>, rows: Int, inputStride: Int,
    into output: UnsafeMutablePointer<Float>, outputStride: Int, accumulate: Bool,
    activation: Activation, first: Int, last: Int
  ) {
    let element = isHalf ? MemoryLayout<UInt16>.size : MemoryLayout<Float>.size
    let gemm = kernels.table.pointee.gemm
    var product = ck_gemm(
      rows: rows, depth: inputs, columns: last - first, a: input, a_stride: inputStride,
      panels: UnsafeRawPointer(panels.base) + first * inputs * element, half: isHalf ? 1 : 0,
      accumulate: accumulate ? 1 : 0, c: output + first, c_stride: outputStride,
      bias: bias.map { UnsafePointer($0.base) + first }, residual: nil, residual_stride: 0,
      lower: activation.bounds.lower, upper: activation.bounds.upper)
    if rows <= kernels.tileRows || inputs <= Self.depthBlock {
      gemm(&product)
      return
    }
    for column in stride(from: first, to: last, by: kernels.panelWidth) {
      let columns = min(kernels.panelWidth, last - column)
      let width = columns <= kernels.vectorWidth ? kernels.vectorWidth : kernels.panelWidth
      product.columns = columns
      product.c = output + column
      for depth in stride(from: 0, to: inputs, by: Self.depthBlock) {
        let isLast = depth + Self.depthBlock >= inputs
        product.depth = min(Self.depthBlock, inputs - depth)
        product.a = input + depth
        product.panels =
          UnsafeRawPointer(panels.base) + (column * inputs + depth * width) * element
        product.accumulate = accumulate || depth > 0 ? 1 : 0
        product.bias = isLast ? bias.map { UnsafePointer($0.base) + column } : nil
        let bounds = isLast ? activation.bounds : Activation.none.bounds
        (product.lower, product.upper) = (bounds.lower, bounds.upper)
        gemm(&product)
      }
    }
  }
}
