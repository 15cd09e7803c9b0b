import Tensors
import Testing

@Suite struct PackedMatrixTests {
  /// ‖output - reference‖ / ‖reference‖ against sums in double precision.
  private static func error(
    rows: Int, inputs: Int, outputs: Int, kernels: Kernels, threads: Int,
    accumulate: Bool = false, exactHalves: Bool = false, hasBias: Bool = true, gap: Int = 0
  ) -> Double {
    var random = SeededRandom(seed: UInt64(rows + inputs))
    func floats(_ count: Int) -> [Float] { (0..<count).map { _ in 2 * random.uniform() - 1 } }
    var weights = floats(outputs * inputs)
    // Multiples of 1/512 below 1 are halves.
    if exactHalves { weights = weights.map { ($0 * 512).rounded() / 512 } }
    let bias = hasBias ? floats(outputs) : nil
    let input = floats(rows * (inputs + gap))
    let before = floats(rows * (outputs + gap))
    var output = before
    let matrix = PackedMatrix(
      weights: Tensor([outputs, inputs], weights), bias: bias, kernels: kernels)
    matrix(
      input, rows: rows, inputStride: inputs + gap, into: &output, outputStride: outputs + gap,
      accumulate: accumulate, activation: .relu, threads: threads)
    var difference = 0.0
    var norm = 0.0
    for r in 0..<rows {
      for o in 0..<outputs {
        let place = r * (outputs + gap) + o
        var sum = Double(bias?[o] ?? 0) + (accumulate ? Double(before[place]) : 0)
        for i in 0..<inputs {
          sum += Double(input[r * (inputs + gap) + i]) * Double(weights[o * inputs + i])
        }
        sum = max(0, sum)
        difference += (Double(output[place]) - sum) * (Double(output[place]) - sum)
        norm += sum * sum
      }
      for o in outputs..<(outputs + gap) {
        #expect(output[r * (outputs + gap) + o] == before[r * (outputs + gap) + o])
      }
    }
    return difference == 0 ? 0 : (difference / norm).squareRoot()
  }

  @Test func `Every instruction set computes what the definition says for 1 to 30 rows`() {
    for kernels in Kernels.available {
      for rows in [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 30] {
        for (inputs, outputs) in [(64, 96), (33, 19), (100, 50), (1, 1), (257, 300)] {
          for threads in [1, 2] {
            let error = Self.error(
              rows: rows, inputs: inputs, outputs: outputs, kernels: kernels, threads: threads,
              accumulate: rows % 2 == 0, exactHalves: rows % 3 == 0, hasBias: rows % 4 != 0,
              gap: rows % 5)
            #expect(
              error < 5e-7, "\(rows) rows, [\(outputs), \(inputs)], \(kernels), \(threads) threads")
          }
        }
      }
    }
  }

  @Test func `Deep products with more rows than a tile go in blocks`() {
    for kernels in Kernels.available {
      for accumulate in [false, true] {
        let error = Self.error(
          rows: 14, inputs: 5000, outputs: 90, kernels: kernels, threads: 2,
          accumulate: accumulate, exactHalves: accumulate)
        #expect(error < 2e-6, "\(kernels)")
      }
    }
  }

  @Test func `Weights kept in half precision give the same bits as in single precision`() {
    var random = SeededRandom(seed: 1)
    let (inputs, outputs, rows) = (70, 50, 5)
    let halves = (0..<inputs * outputs).map { _ in Float(Float16(random.uniform() - 0.5)) }
    let input = (0..<rows * inputs).map { _ in random.uniform() }
    for kernels in Kernels.available {
      var fromHalves = [Float](repeating: 0, count: rows * outputs)
      PackedMatrix(weights: Tensor([outputs, inputs], halves), kernels: kernels)(
        input, rows: rows, into: &fromHalves)
      // One more output, whose weights are no halves, makes the whole matrix single precision.
      let singles = halves + [Float](repeating: 0.1, count: inputs)
      var fromSingles = [Float](repeating: 0, count: rows * (outputs + 1))
      PackedMatrix(weights: Tensor([outputs + 1, inputs], singles), kernels: kernels)(
        input, rows: rows, into: &fromSingles)
      for r in 0..<rows {
        for o in 0..<outputs {
          #expect(fromHalves[r * outputs + o] == fromSingles[r * (outputs + 1) + o])
        }
      }
    }
  }
}
