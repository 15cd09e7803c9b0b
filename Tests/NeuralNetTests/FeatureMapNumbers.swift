import Foundation
import Tensors
import Testing

/// sin(0), sin(1), … in the order of the shape.
func sines(_ shape: Shape) -> Tensor {
  Tensor(shape, (0..<shape.count).map { Float(sin(Double($0))) })
}

/// cos(0), cos(1), … in the order of the shape.
func cosines(_ shape: Shape) -> Tensor {
  Tensor(shape, (0..<shape.count).map { Float(cos(Double($0))) })
}

/// Checks a result against numbers that PyTorch printed: its shape, its first four and last two
/// elements, and its Euclidean norm. The snippets in the tests' comments use
///
///     import torch, torch.nn.functional as F
///     def sines(n, h, w, c):
///         x = torch.sin(torch.arange(n * h * w * c, dtype=torch.float64))
///         return x.reshape(n, h, w, c).permute(0, 3, 1, 2).float()
///     def cosines(*shape):
///         n = torch.Size(shape).numel()
///         return torch.cos(torch.arange(n, dtype=torch.float64)).reshape(shape).float()
///     def show(y):
///         y = y.permute(0, 2, 3, 1).reshape(-1).double()
///         print(y[:4], y[-2:], y.norm())
func expect(
  _ result: Tensor, _ shape: Shape, first: [Float], last: [Float], norm: Float,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(result.shape == shape, sourceLocation: sourceLocation)
  let ends = Array(result.elements.prefix(4)) + Array(result.elements.suffix(2))
  for (value, expected) in zip(ends, first + last) {
    #expect(abs(value - expected) < 2e-6 * max(1, abs(expected)), sourceLocation: sourceLocation)
  }
  let sum = result.elements.reduce(0) { $0 + Double($1) * Double($1) }
  #expect(abs(Float(sum.squareRoot()) - norm) < 1e-6 * norm + 1e-5, sourceLocation: sourceLocation)
}
