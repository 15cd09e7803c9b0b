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
    let count = bytes.count / 2
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress { widen(bytes, into: base) }
      initialized = count
    }
  }

  /// Writes the numbers that `bytes` are of, wherever these stand.
  package static func widen(
    _ bytes: UnsafeRawBufferPointer, into destination: UnsafeMutablePointer<Float>
  ) {
    let count = bytes.count / 2
    guard count > 0, let base = bytes.baseAddress else { return }
    // The kernel reads with unaligned loads, but C's type asks for alignment: copy where it lacks.
    if Int(bitPattern: base) % 2 == 0 {
      ck_half_to_float(base.assumingMemoryBound(to: UInt16.self), destination, count)
    } else {
      let aligned = (0..<count).map { bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self) }
      ck_half_to_float(aligned, destination, count)
    }
  }

  /// Whether none of the numbers that `bytes` are of is infinite or not a number.
  package static func areFinite(_ bytes: UnsafeRawBufferPointer) -> Bool {
    // All bits of the exponent are set in those, and then the sum carries into the sign's.
    typealias Block = SIMD16<UInt16>
    func bad(_ half: Block) -> Block { (half & 0x7C00) &+ 0x0400 }
    var found = Block(repeating: 0)
    let blocks = bytes.count / MemoryLayout<Block>.size
    for block in 0..<blocks {
      let place = block * MemoryLayout<Block>.size
      found |= bad(bytes.loadUnaligned(fromByteOffset: place, as: Block.self))
    }
    for place in stride(
      from: blocks * MemoryLayout<Block>.size, to: bytes.count / 2 * 2, by: 2)
    {
      found |= bad(
        Block(repeating: bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self)))
    }
    return all(found & 0x8000 .== 0)
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
