import Batch
import SystemPackage
import Testing

struct ShardTests {
  @Test(arguments: ["1/1", "1/8", "8/8", "3/1000"])
  func isWrittenAsNumberAndCount(text: String) { #expect(Shard(text)?.description == text) }

  @Test(arguments: [
    "", "/", "1", "0/4", "5/4", "-1/4", "+1/4", "1/0", "1/4/2", "a/b", " 1/4", "1/ 4", "１/4",
    "1/99999999999999999999",
  ])
  func whatIsNoShard(text: String) { #expect(Shard(text) == nil) }

  /// Names that cameras and programs give, whose last digits are all alike in the worst case.
  @Test(arguments: [2, 3, 8, 16, 100])
  func theShardsOfAFolderAreDisjointEvenAndAll(count: Int) throws {
    let names =
      (0..<1_000).map { "DCIM/IMG_\($0).JPG" } + (0..<1_000).map { "a/\($0)\($0).jpg" }
    var sizes = [Int](repeating: 0, count: count)
    let shards = (1...count).compactMap { Shard($0, of: count) }
    for name in names {
      let holders = shards.filter { $0.contains(name: FilePath(name)) }
      try #require(holders.count == 1)
      sizes[holders[0].number - 1] += 1
    }
    let mean = Double(names.count) / Double(count)
    // Five standard deviations of a fair throw.
    let margin = 5 * mean.squareRoot()
    #expect(sizes.allSatisfy { abs(Double($0) - mean) < margin }, "\(sizes)")
  }

  /// Photos must stay in their shards across versions of this program. Python: FNV-1a of the bytes
  /// by its definition, `h ^= h >> 33; h = h * 0xff51afd7ed558ccd % 2**64; h ^= h >> 33;
  /// h = h * 0xc4ceb9fe1a85ec53 % 2**64; h ^= h >> 33`, then `h % 1000 + 1`.
  @Test(arguments: [("a.jpg", 624), ("sub/photo 1.jpg", 979), ("日本.png", 105)])
  func placesNeverChange(name: String, number: Int) {
    #expect(Shard(number, of: 1000)?.contains(name: FilePath(name)) == true)
  }
}
