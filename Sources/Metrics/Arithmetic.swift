internal import Foundation

/// `base` to the power of `exponent` by the C library, as Python computes it.
///
/// It must not be inlined: for a constant exponent of 2 or ½ the compiler takes a product or a root
/// instead, which in one of a thousand cases is not what the library returns.
@inline(never)
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// The sum of `count` numbers as NumPy adds them up: pairwise, with eight running sums in blocks of
/// up to 128 (`pairwise_sum` in numpy/_core/src/umath/loops_utils.h.src).
@inline(__always)
func pairwiseSum(_ count: Int, _ element: (Int) -> Double) -> Double {
  guard count > pairwiseBlock else { return blockSum(0..<count, element) }
  return pairwiseSum(0..<count, element)
}

/// The mean as `numpy.mean` has it.
func mean(_ values: [Double]) -> Double {
  pairwiseSum(values.count) { values[$0] } / Double(values.count)
}

private let pairwiseBlock = 128

private func pairwiseSum(_ range: Range<Int>, _ element: (Int) -> Double) -> Double {
  guard range.count > pairwiseBlock else { return blockSum(range, element) }
  let middle = range.lowerBound + range.count / 2 - range.count / 2 % 8
  return pairwiseSum(range.lowerBound..<middle, element)
    + pairwiseSum(middle..<range.upperBound, element)
}

@inline(__always)
private func blockSum(_ range: Range<Int>, _ element: (Int) -> Double) -> Double {
  guard range.count >= 8 else { return range.reduce(0) { $0 + element($1) } }
  var sums = SIMD8<Double>()
  for lane in 0..<8 { sums[lane] = element(range.lowerBound + lane) }
  var index = range.lowerBound + 8
  while index + 8 <= range.upperBound {
    for lane in 0..<8 { sums[lane] += element(index + lane) }
    index += 8
  }
  var sum =
    ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
  while index < range.upperBound {
    sum += element(index)
    index += 1
  }
  return sum
}
