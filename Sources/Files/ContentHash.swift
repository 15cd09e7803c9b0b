internal import CLibcrypto
package import SystemPackage

/// SHA-256 (FIPS 180-4) of a file's bytes, or of those of them that count.
///
/// Written as 64 hexadecimal digits.
package struct ContentHash: Hashable, Sendable, LosslessStringConvertible, Codable {
  /// 32 bytes.
  package let bytes: [UInt8]

  package static let byteCount = 32

  package init(of content: [UInt8]) {
    var digest = SHA256()
    content.withUnsafeBytes { digest.update($0) }
    bytes = digest.finish()
  }

  /// The hash of pieces that follow each other.
  package init(of pieces: [ArraySlice<UInt8>]) {
    var digest = SHA256()
    for piece in pieces { piece.withUnsafeBytes { digest.update($0) } }
    bytes = digest.finish()
  }

  /// The hash of a file, read piece by piece.
  ///
  /// - Throws: `Errno`, if the file cannot be read.
  package init(ofFile path: FilePath) throws {
    let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    bytes = try file.closeAfter {
      var digest = SHA256()
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
      defer { buffer.deallocate() }
      while case let count = try file.read(into: buffer), count > 0 {
        digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
      return digest.finish()
    }
  }

  /// - Returns: nil unless there are 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  package init?(_ description: String) {
    let digits = description.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == 2 * Self.byteCount else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    self.bytes = bytes
  }

  package var description: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    guard let hash = Self(try value.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: value, debugDescription: "a SHA-256 has 64 hexadecimal digits")
    }
    self = hash
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(description)
  }
}

/// A hash being made.
private struct SHA256: ~Copyable {
  private let context: OpaquePointer?

  init() {
    context = EVP_MD_CTX_new()
    precondition(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1, "libcrypto has no SHA-256")
  }

  deinit { EVP_MD_CTX_free(context) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    _ = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  consuming func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: ContentHash.byteCount) { digest, initialized in
      EVP_DigestFinal_ex(context, digest.baseAddress, nil)
      initialized = ContentHash.byteCount
    }
  }
}
