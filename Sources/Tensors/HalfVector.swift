internal import CKernels

/// Vectors in IEEE half precision, as bytes in the machine's order.
package enum HalfVector {
  /// `values` rounded to half precision, two bytes each.
  package static func bytes(of values: [Float]) -> [UInt8] {
    let halves = [UInt16](unsafeUninitializedCapacity: values.count) { buffer, initialized in
      if let base = buffer.baseAddress { ck_float_to_half(values, base, values.count) }
      initialized = values.count
    }
    return halves.withUnsafeBytes(Array.init)
  }

  /// The numbers that `bytes` are of; a last odd byte is ignored.
  package static func values(_ bytes: UnsafeRawBufferPointer) -> [Float] {
    let halves = [UInt16](unsafeUninitializedCapacity: bytes.count / 2) { buffer, initialized in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2 * 2)]))
      initialized = bytes.count / 2
    }
    return [Float](unsafeUninitializedCapacity: halves.count) { buffer, initialized in
      if let base = buffer.baseAddress { ck_half_to_float(halves, base, halves.count) }
      initialized = halves.count
    }
  }

  /// The dot product of a vector in half precision with one in single precision.
  ///
  /// - Precondition: `bytes.count == 2 * values.count`.
  package static func dot(_ bytes: UnsafeRawBufferPointer, _ values: UnsafeBufferPointer<Float>)
    -> Float
  {
    precondition(
      bytes.count == 2 * values.count, "\(bytes.count) bytes of halves · \(values.count) floats")
    guard let half = bytes.baseAddress, let single = values.baseAddress else { return 0 }
    return ck_dot_half(half, single, values.count)
  }
}
