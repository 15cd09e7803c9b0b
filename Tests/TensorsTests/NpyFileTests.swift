import Foundation
import Tensors
import Testing

@Suite struct NpyFileTests {
  // import io, numpy as np; f = io.BytesIO(); np.save(f, np.array([[1, 2, 3]], np.float32)); f.getvalue()
  @Test func `equals what NumPy saves`() {
    let header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }"
      + String(repeating: " ", count: 58) + "\n"
    let expected =
      Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0]) + Data(header.utf8)
      + Data([0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40])
    #expect(npyData(Tensor([1, 3], [1, 2, 3])) == expected)
  }

  @Test func `a vector's shape is a one-tuple`() {
    let text = String(decoding: npyData(Tensor([2], [0, 0])).prefix(128), as: UTF8.self)
    #expect(text.contains("'shape': (2,), }"))
  }
}
