import Tensors
import Testing

/// Expected numbers are PyTorch 2.15's:
///
///     x = (torch.arange(2 * 7 * 6).float() * 37 % 19 - 9).view(1, 2, 7, 6) F.max_pool2d(x, 3, 2,
///     1)                                          # and so on, as named below y =
///     (torch.arange(6).float() - 2).view(1, 6, 1, 1) F.local_response_norm(y, 5, 0.5, 0.75, 2.0)
@Suite struct PoolingTests {
  private static let x: [Float] = (0..<84).map { (i: Int) -> Float in Float(i * 37 % 19 - 9) }

  /// Pools x, twice in a batch and its two planes repeated for `channels` channels, with a gap
  /// between pixels, on every instruction set and on one and two threads; expects `expected`,
  /// `[2, height, width]`, for each repetition.
  private func expect(
    _ expected: [Float], height: Int, width: Int, channels: Int = 37,
    _ pool: (_ input: Activations, _ output: Activations, _ threads: Int, Kernels) -> Void
  ) {
    var planes: [Float] = []
    for _ in 0..<2 {
      for c in 0..<channels { planes += Self.x[c % 2 * 42..<(c % 2 + 1) * 42] }
    }
    let area = height * width
    for kernels in Kernels.available {
      for threads in [1, 2] {
        let stride = channels + 3
        let inputMemory = AlignedBuffer(count: 2 * 42 * stride)
        let outputMemory = AlignedBuffer(count: 2 * area * stride)
        let input = Activations(
          inputMemory.base, batch: 2, height: 7, width: 6, channels: channels, pixelStride: stride)
        let output = Activations(
          outputMemory.base, batch: 2, height: height, width: width, channels: channels,
          pixelStride: stride)
        input.fromPlanes(planes)
        pool(input, output, threads, kernels)
        var result = [Float](repeating: .nan, count: 2 * channels * area)
        output.toPlanes(&result)
        for plane in 0..<2 * channels {
          for i in 0..<area {
            let want = expected[plane % channels % 2 * area + i]
            #expect(
              abs(result[plane * area + i] - want) <= 1e-6 * max(1, abs(want)),
              "plane \(plane), pixel \(i), \(kernels), \(threads) threads")
          }
        }
        for pixel in 0..<2 * area {
          for gap in 0..<3 {
            #expect(outputMemory.base[pixel * stride + channels + gap] == 0)
          }
        }
        withExtendedLifetime((inputMemory, outputMemory)) {}
      }
    }
  }

  @Test func `max_pool2d(x, 3, 2, 1)`() {
    expect(
      [
        9, 9, 7, 4, 9, 8, 5, 9, 8, -1, 9, 9, 6, 5, 3, 7, 6, 9, 7, 6, 9, 8, 7, 9,
      ], height: 4, width: 3
    ) { input, output, threads, kernels in
      Pooling.max(
        input, window: Window(3, stride: 2, padding: 1), into: output, threads: threads,
        kernels: kernels)
    }
  }

  @Test func `max_pool2d(x, 3, 2, 0, ceil_mode=True)`() {
    expect(
      [9, 8, 6, 9, 9, 7, 5, 9, 8, 6, 9, 9, 7, 9, 9, 8, 6, 9], height: 3, width: 3
    ) { input, output, threads, kernels in
      Pooling.max(
        input, window: Window(3, stride: 2), ceilMode: true, into: output, threads: threads,
        kernels: kernels)
    }
  }

  @Test func `max_pool2d(x, (2, 3), (3, 2), (1, 1), ceil_mode=True)`() {
    expect(
      [9, 9, 7, 5, -2, 9, 8, 6, -1, 9, 9, 7, 6, 5, 3, 1, 7, 6, 9, 8, 8, 7, 9, 9],
      height: 3, width: 4, channels: 2
    ) { input, output, threads, kernels in
      Pooling.max(
        input,
        window: Window(
          kernel: (2, 3), stride: (3, 2), padding: .symmetric(vertical: 1, horizontal: 1)),
        ceilMode: true,
        into: output, threads: threads, kernels: kernels)
    }
  }

  @Test func `max_pool2d(x, 2, 1, 1, dilation=(3, 2))`() {
    expect(
      [
        -3, -2, -3, -4, -5, -6, 9, 9, 9, 9, 8, 7, 4, 5, 4, 3, 2, 1, -2, -1, -2, -3, -4, -5, -8, 9,
        9, 9, 9, 8, 4, 5, 4, 3, 2, 1, -7, -6, -7, 9, 8, 9, 6, 7, 6, 5, 4, 3, 0, 1, 0, -1, -2, -3,
        -6, -5, -6, 9, 9, 9, 7, 8, 7, 6, 5, 4, 0, 1, 0, -1, -2, -3,
      ], height: 6, width: 6
    ) { input, output, threads, kernels in
      Pooling.max(
        input,
        window: Window(
          kernel: (2, 2), padding: .symmetric(vertical: 1, horizontal: 1), dilation: (3, 2)),
        into: output,
        threads: threads, kernels: kernels)
    }
  }

  @Test func `avg_pool2d(x, 3, 2, 1, ceil_mode=True), padding counted or not`() {
    let window = Window(3, stride: 2, padding: 1)
    expect(
      [
        0.7777778, 3.3333333, 2.0, 0.6666667, -1.6666666, 0.2222222, 0.3333333, -0.3333333,
        -1.2222222, 0.8888889, 1.0, 0.0, -2.0, -1.8888888, 1.0, 0.1666667, 1.1111112, 0.6666667,
        -0.6666667, -0.6666667, -0.1111111, -1.6666666, 0.5555556, 0.8333333, 0.3333333, -1.0,
        -0.8888889, 1.1666666, 0.4444444, -0.3333333, 0.4444444, 2.0,
      ], height: 4, width: 4
    ) { input, output, threads, kernels in
      Pooling.average(
        input, window: window, ceilMode: true, into: output, threads: threads, kernels: kernels)
    }
    expect(
      [
        1.75, 5.0, 3.0, 2.0, -2.5, 0.2222222, 0.3333333, -0.6666667, -1.8333334, 0.8888889, 1.0,
        0.0, -4.5, -2.8333333, 1.5, 0.5, 2.5, 1.0, -1.0, -2.0, -0.1666667, -1.6666666, 0.5555556,
        1.6666666, 0.5, -1.0, -0.8888889, 2.3333333, 1.0, -0.5, 0.6666667, 6.0,
      ], height: 4, width: 4
    ) { input, output, threads, kernels in
      Pooling.average(
        input, window: window, ceilMode: true, includePadding: false, into: output,
        threads: threads, kernels: kernels)
    }
  }

  @Test func `avg_pool2d(x, (2, 3), (2, 1))`() {
    expect(
      [
        2.8333333, 5.0, 4.0, 3.0, -2.8333333, -0.6666667, 1.5, 0.5, 1.0, 0.0, -1.0, -2.0, 2.0, 1.0,
        0.0, -1.0, -0.5, -1.5, 0.6666667, 2.8333333, -3.0, -4.0, -5.0, -2.8333333,
      ], height: 3, width: 4
    ) { input, output, threads, kernels in
      Pooling.average(
        input, window: Window(kernel: (2, 3), stride: (2, 1)), into: output, threads: threads,
        kernels: kernels)
    }
  }

  @Test func `adaptive_avg_pool2d to 3 × 4, to more rows than there are, and to one number`() {
    expect(
      [
        0.3333333, 2.5, 0.5, -0.5, -2.1666667, 0.0, 1.1666666, 0.1666667, -1.5, -2.5, 1.8333334,
        0.8333333, -0.5, -1.5, -0.3333333, 1.8333334, 0.1666667, -0.8333333, 0.3333333, 2.5,
        0.8333333, -0.1666667, -2.1666667, 0.0,
      ], height: 3, width: 4
    ) { input, output, threads, kernels in
      Pooling.adaptiveAverage(input, into: output, threads: threads, kernels: kernels)
    }
    expect(
      [
        4.3333335, 2.9166667, -1.5, -1.1666666, 2.1666667, 2.3333333, -0.5, -1.75, 0.0, 3.5, 0.5,
        -2.3333333, 1.1666666, 4.5, 1.5, -2.9166667, 0.5833333, 5.5,
      ], height: 9, width: 1
    ) { input, output, threads, kernels in
      Pooling.adaptiveAverage(input, into: output, threads: threads, kernels: kernels)
    }
    expect([0.3571429, 0.4285714], height: 1, width: 1) { input, output, threads, kernels in
      Pooling.adaptiveAverage(input, into: output, threads: threads, kernels: kernels)
    }
  }

  @Test func `A large map is pooled the same by many shares of rows`() {
    // Large enough that the rows are shared out among threads.
    let (size, channels) = (64, 64)
    let memory = AlignedBuffer(count: size * size * channels)
    var random = SeededRandom(seed: 2)
    for i in 0..<memory.count { memory.base[i] = random.uniform() }
    let pooled = AlignedBuffer(count: 32 * 32 * channels)
    let input = Activations(
      memory.base, batch: 1, height: size, width: size, channels: channels)
    let output = Activations(
      pooled.base, batch: 1, height: 32, width: 32, channels: channels)
    for threads in [1, 2, 5] {
      Pooling.max(
        input, window: Window(3, stride: 2, padding: 1), into: output, threads: threads)
      for y in 0..<32 {
        for x in 0..<32 {
          for c in [0, 31, 63] {
            var most = -Float.infinity
            for ky in max(0, 2 * y - 1)...min(63, 2 * y + 1) {
              for kx in max(0, 2 * x - 1)...min(63, 2 * x + 1) {
                most = max(most, input.pixel(0, ky, kx)[c])
              }
            }
            #expect(output.pixel(0, y, x)[c] == most)
          }
        }
      }
    }
    withExtendedLifetime((memory, pooled)) {}
  }

  @Test func `The maximum with a NaN under the window is NaN`() {
    let memory = AlignedBuffer(count: 4)
    memory.base.update(from: [1, .nan, 3, 4], count: 4)
    let result = AlignedBuffer(count: 1)
    for kernels in Kernels.available {
      Pooling.max(
        Activations(memory.base, batch: 1, height: 2, width: 2, channels: 1), window: Window(2),
        into: Activations(result.base, batch: 1, height: 1, width: 1, channels: 1),
        kernels: kernels)
      #expect(result.base[0].isNaN, "\(kernels)")
    }
    withExtendedLifetime((memory, result)) {}
  }

  @Test func `local_response_norm(y, 5, 0.5, 0.75, 2.0) and (y, 4, 0.5, 0.6, 1.0)`() {
    let memory = AlignedBuffer(count: 12)
    memory.base.update(from: [-2, -1, 0, 1, 2, 3, -2, -1, 0, 1, 2, 3], count: 12)
    let result = AlignedBuffer(count: 2 * 7)
    let input = Activations(memory.base, batch: 1, height: 1, width: 2, channels: 6)
    let output = Activations(
      result.base, batch: 1, height: 1, width: 2, channels: 6, pixelStride: 7)
    output.localResponseNorm(input, size: 5, alpha: 0.5, beta: 0.75, bias: 2)
    let five: [Float] = [-1.0059468, -0.4883936, 0.0, 0.390795, 0.7987682, 1.1981523]
    for i in 0..<12 { #expect(abs(output.pixel(0, 0, i / 6)[i % 6] - five[i % 6]) < 3e-7) }
    output.localResponseNorm(input, size: 4, alpha: 0.5, beta: 0.6, bias: 1)
    let four: [Float] = [-1.494576, -0.747288, 0.0, 0.7147878, 1.0900097, 1.6350145]
    for i in 0..<12 { #expect(abs(output.pixel(0, 0, i / 6)[i % 6] - four[i % 6]) < 3e-7) }
    withExtendedLifetime((memory, result)) {}
  }
}
