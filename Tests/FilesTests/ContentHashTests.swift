import Files
import Testing

struct ContentHashTests {
  /// FIPS 180-4's example, and `sha256sum /dev/null`.
  @Test(arguments: [
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
  ])
  func knownDigests(content: String, digest: String) {
    let hash = ContentHash(of: Array(content.utf8))
    #expect(hash.description == digest)
    #expect(ContentHash(digest.uppercased()) == hash)
  }

  @Test(arguments: [
    "", "ba78", String(repeating: "g", count: 64), String(repeating: "é", count: 32),
  ])
  func whatIsNoDigest(text: String) { #expect(ContentHash(text) == nil) }
}
