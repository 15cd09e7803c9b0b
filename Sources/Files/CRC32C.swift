/// The cyclic redundancy check of Castagnoli's polynomial (RFC 3720, appendix B.4), which finds
/// damaged bytes in files.
package enum CRC32C {
  /// `tables[k][b]`: the checksum's change by a byte b that k more bytes follow, so that eight bytes
  /// at a time are taken in (Kounavis & Berry 2005, “slicing by 8”).
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      // 0x1EDC6F41 with its bits in reverse.
      for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 0 ? 0 : 0x82F6_3B78) }
      tables[byte] = value
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 255)]
    }
    return tables
  }()

  package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      guard let table = tables.baseAddress, let base = bytes.baseAddress else { return 0 }
      var sum = UInt32.max
      var place = 0
      let end = bytes.count
      while end - place >= 8 {
        let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        let low = UInt32(truncatingIfNeeded: word) ^ sum
        let high = UInt32(truncatingIfNeeded: word >> 32)
        sum =
          table[7 &* 256 &+ Int(low & 255)] ^ table[6 &* 256 &+ Int(low >> 8 & 255)]
          ^ table[5 &* 256 &+ Int(low >> 16 & 255)] ^ table[4 &* 256 &+ Int(low >> 24)]
        sum ^=
          table[3 &* 256 &+ Int(high & 255)] ^ table[2 &* 256 &+ Int(high >> 8 & 255)]
          ^ table[256 &+ Int(high >> 16 & 255)] ^ table[Int(high >> 24)]
        place &+= 8
      }
      while place < end {
        sum =
          sum >> 8
          ^ table[Int((sum ^ UInt32(base.load(fromByteOffset: place, as: UInt8.self))) & 255)]
        place &+= 1
      }
      return ~sum
    }
  }

  package static func checksum(_ bytes: some Collection<UInt8>) -> UInt32 {
    if let sum = bytes.withContiguousStorageIfAvailable({ checksum(UnsafeRawBufferPointer($0)) }) {
      return sum
    }
    return Array(bytes).withUnsafeBytes { checksum($0) }
  }
}
