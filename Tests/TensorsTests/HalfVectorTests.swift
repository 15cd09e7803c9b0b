import Tensors
import TestSupport
import Testing

struct HalfVectorTests {
  @Test func roundsToTheNearestHalf() {
    // numpy.float16([1, -2.5, 0.1, 65504, 1e-8]).view(numpy.uint16)
    let halves: [UInt16] = [0x3c00, 0xc100, 0x2e66, 0x7bff, 0x0000]
    let bytes = HalfVector.bytes(of: [1, -2.5, 0.1, 65504, 1e-8])
    #expect(bytes == halves.withUnsafeBytes(Array.init))
    let back = bytes.withUnsafeBytes(HalfVector.values)
    #expect(back == [1, -2.5, 0.099975586, 65504, 0])
  }

  @Test(arguments: [0, 1, 31, 32, 33, 256, 1000])
  func dotProductOfAnyLengthAndAlignment(count: Int) {
    let a = (0..<count).map { Float(($0 * 7) % 13 - 6) / 8 }
    let b = (0..<count).map { Float(($0 * 5) % 11 - 5) / 4 }
    let expected = zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    // One byte in front makes them unaligned.
    let bytes = [0] + HalfVector.bytes(of: a)
    let dot = bytes.withUnsafeBytes { bytes in
      b.withUnsafeBufferPointer {
        HalfVector.dot(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()), $0)
      }
    }
    #expect(abs(Double(dot) - expected) < 1e-3)
  }

  @Test func `a half that is not finite is found wherever it is`() {
    for count in [1, 15, 16, 17, 40] {
      var numbers = [Float](repeating: 65_504, count: count)
      func areFinite() -> Bool {
        HalfVector.bytes(of: numbers).withUnsafeBytes(HalfVector.areFinite)
      }
      #expect(areFinite())
      for place in numbers.indices {
        for value in [Float.nan, .infinity, -.infinity] {
          numbers[place] = value
          #expect(!areFinite(), "\(value) at \(place) of \(count)")
        }
        numbers[place] = -65_504
      }
    }
  }
}
