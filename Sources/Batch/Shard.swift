internal import Files
package import SystemPackage

/// One of several equal parts of a folder: which photos a machine of many takes.
///
/// A photo belongs to the part that its path tells, whatever else is in the folder; so photos that
/// are added never move others, and machines need not know of each other.
package struct Shard: Hashable, Sendable, LosslessStringConvertible {
  /// From 1 to `count`.
  package let number: Int
  package let count: Int

  /// - Returns: nil unless 1 ≤ `number` ≤ `count`.
  package init?(_ number: Int, of count: Int) {
    guard 1...max(1, count) ~= number, count >= 1 else { return nil }
    self.number = number
    self.count = count
  }

  /// - Parameter description: `K/N`.
  package init?(_ description: String) {
    let parts = description.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }),
      let number = Int(parts[0]), let count = Int(parts[1])
    else { return nil }
    self.init(number, of: count)
  }

  package var description: String { "\(number)/\(count)" }

  /// Whether a photo with that path, relative to the divided folder, is in this part.
  package func contains(name: FilePath) -> Bool {
    let hash = name.withPlatformString { bytes in
      Self.stirred(StableHash.of64Bits(UnsafeRawBufferPointer(start: bytes, count: name.length)))
    }
    return Int(hash % UInt64(count)) == number - 1
  }

  /// The lowest bits of FNV-1a follow from the bytes' lowest bits alone and would divide numbered
  /// files badly; hence stirred by MurmurHash3's last step. Never to be changed.
  private static func stirred(_ hash: UInt64) -> UInt64 {
    var hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return hash ^ (hash >> 33)
  }
}

private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
