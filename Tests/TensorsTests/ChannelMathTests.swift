import Tensors
import TestSupport
import Testing

@Suite struct ChannelMathTests {
  @Test(arguments: Kernels.available, [1, 3, 16, 17, 40])
  func `passes over channels, by their formulas`(kernels: Kernels, channels: Int) {
    let pixels = 300
    let a = randomTensor([pixels, channels], seed: 1)
    let b = randomTensor([pixels, channels], seed: 2)
    let (p, q) = (
      randomTensor([channels], seed: 3).elements, randomTensor([channels], seed: 4).elements
    )
    let shift = randomTensor([channels], seed: 5).elements
    let sums = ChannelMath.sums(
      a.elements, pixels: pixels, channels: channels, threads: 2, kernels: kernels)
    let products = ChannelMath.sums(
      a.elements, times: b.elements, minus: shift, pixels: pixels, kernels: kernels)
    let squares = ChannelMath.squares(a.elements, minus: shift, pixels: pixels, kernels: kernels)
    var (scaled, mixed, slopes) = (a, a, a)
    ChannelMath.scale(
      a.elements, by: p, plus: shift, residual: b.elements, pixels: pixels, activation: .relu6,
      into: &scaled.elements, kernels: kernels)
    ChannelMath.mix(
      a.elements, by: p, b.elements, by: q, plus: shift, pixels: pixels, into: &mixed.elements,
      kernels: kernels)
    ChannelMath.clampGradient(
      b.elements, output: scaled.elements, count: pixels * channels, activation: .relu6,
      into: &slopes.elements, kernels: kernels)
    for channel in 0..<channels {
      var (sum, product, square) = (0.0, 0.0, 0.0)
      for pixel in 0..<pixels {
        let (x, y) = (a[pixel, channel], b[pixel, channel])
        sum += Double(x)
        product += Double(x) * Double(y - shift[channel])
        square += Double(x - shift[channel]) * Double(x - shift[channel])
        let value = x * p[channel] + shift[channel] + y
        #expect(abs(scaled[pixel, channel] - min(6, max(0, value))) < 1e-6)
        #expect(
          abs(mixed[pixel, channel] - (x * p[channel] + y * q[channel] + shift[channel])) < 1e-6)
        #expect(slopes[pixel, channel] == (scaled[pixel, channel] > 0 ? y : 0))
      }
      #expect(abs(sums[channel] - sum) < 1e-4)
      #expect(abs(products[channel] - product) < 1e-4)
      #expect(abs(squares[channel] - square) < 1e-3)
    }
  }
}
