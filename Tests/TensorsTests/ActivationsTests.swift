import Tensors
import Testing

@Suite struct ActivationsTests {
  @Test func `Window positions, rounded down and up`() {
    // torch.nn.functional.max_pool2d of [1, 1, 7, 6] with these arguments.
    #expect(Window(3, stride: 2).outputSize(height: 7, width: 6) == (3, 2))
    #expect(Window(3, stride: 2).outputSize(height: 7, width: 6, ceil: true) == (3, 3))
    // The last window would start in the padding on the right.
    #expect(
      Window(2, stride: 3, padding: 1).outputSize(height: 5, width: 6, ceil: true) == (2, 3))
    #expect(Window(3, dilation: 3).outputSize(height: 7, width: 6) == (1, 0))
  }

  @Test func `Planes become channels-last maps and return`() {
    let (channels, height, width) = (35, 9, 11)
    let planes = (0..<2 * channels * height * width).map { Float($0) }
    let memory = AlignedBuffer(count: 2 * height * width * 40)
    let maps = Activations(
      memory.base, batch: 2, height: height, width: width, channels: channels, pixelStride: 40)
    maps.fromPlanes(planes)
    for (n, c, y, x) in [(0, 0, 0, 0), (1, 34, 8, 10), (0, 33, 5, 0), (1, 2, 3, 4)] {
      #expect(maps.pixel(n, y, x)[c] == planes[((n * channels + c) * height + y) * width + x])
    }
    var back = [Float](repeating: 0, count: planes.count)
    maps.toPlanes(&back)
    #expect(back == planes)
    withExtendedLifetime(memory) {}
  }

  @Test func `Maps are added and copied pixel by pixel, whatever stands between the pixels`() {
    for kernels in Kernels.available {
      let memory = (0..<3).map { _ in AlignedBuffer(count: 6 * 50) }
      for i in 0..<300 {
        memory[0].base[i] = Float(i)
        memory[1].base[i] = -10
        memory[2].base[i] = 7
      }
      func maps(_ index: Int, _ stride: Int) -> Activations {
        Activations(
          memory[index].base, batch: 1, height: 2, width: 3, channels: 19, pixelStride: stride)
      }
      let (a, b, result) = (maps(0, 30), maps(1, 40), maps(2, 50))
      result.add(a, b, activation: .relu, kernels: kernels)
      for pixel in 0..<6 {
        for c in 0..<19 {
          #expect(result.base[pixel * 50 + c] == max(0, Float(pixel * 30 + c) - 10))
        }
        for c in 19..<50 { #expect(result.base[pixel * 50 + c] == 7) }
      }
      result.copy(a)
      for pixel in 0..<6 {
        for c in 0..<19 { #expect(result.base[pixel * 50 + c] == Float(pixel * 30 + c)) }
        for c in 19..<50 { #expect(result.base[pixel * 50 + c] == 7) }
      }
      withExtendedLifetime(memory) {}
    }
  }
}
