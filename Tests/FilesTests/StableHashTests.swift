import Files
import Testing

struct StableHashTests {
  /// From the test vectors of draft-eastlake-fnv, section 6.
  @Test(
    arguments: [
      ("", 0x811C_9DC5, 0xCBF2_9CE4_8422_2325), ("a", 0xE40C_292C, 0xAF63_DC4C_8601_EC8C),
      ("foobar", 0xBF9C_F968, 0x8594_4171_F739_67E8),
    ] as [(String, UInt32, UInt64)])
  func `hashes are those of the draft`(_ text: String, _ short: UInt32, _ long: UInt64) {
    #expect(StableHash.of32Bits(text.utf8) == short)
    #expect(StableHash.of64Bits(text.utf8) == long)
  }
}
