internal import CLibcrypto

/// SHA-256 (FIPS 180-4) of a file's bytes: what makes a photo the same, wherever it lies.
///
/// Written as 64 hexadecimal digits.
public struct ContentHash: Hashable, Sendable, LosslessStringConvertible, Codable {
  /// 32 bytes.
  package let bytes: [UInt8]

  package static let byteCount = Int(SHA256_DIGEST_LENGTH)

  package init(of content: [UInt8]) {
    bytes = [UInt8](unsafeUninitializedCapacity: Self.byteCount) { digest, initialized in
      SHA256(content, content.count, digest.baseAddress)
      initialized = Self.byteCount
    }
  }

  /// - Returns: nil unless there are 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  public init?(_ description: String) {
    let digits = description.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == 2 * Self.byteCount else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    self.bytes = bytes
  }

  public var description: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    guard let hash = Self(try value.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: value, debugDescription: "a SHA-256 has 64 hexadecimal digits")
    }
    self = hash
  }

  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(description)
  }
}
