package import Foundation

/// A tensor as NumPy's `.npy` file, format 1.0 (NEP 1): little-endian float32 in C order.
package func npyData(_ tensor: Tensor) -> Data {
  let extents = tensor.shape.extents.map(String.init).joined(separator: ", ")
  let tuple = tensor.shape.rank == 1 ? "(\(extents),)" : "(\(extents))"
  var header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(tuple), }"
  // Magic, version and length take ten bytes; all of the header together is a multiple of 64,
  // newline last.
  header += String(repeating: " ", count: (64 - (10 + header.utf8.count + 1) % 64) % 64) + "\n"
  var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
  withUnsafeBytes(of: UInt16(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
  data.append(contentsOf: header.utf8)
  tensor.elements.withUnsafeBytes { data.append(contentsOf: $0) }
  return data
}
