/// Hashes that are the same on every machine and in every version, unlike Swift's own: FNV-1a
/// (draft-eastlake-fnv). They find what is alike, and keep nobody from making it so on purpose.
package enum StableHash {
  package static func of32Bits(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }

  package static func of64Bits(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
