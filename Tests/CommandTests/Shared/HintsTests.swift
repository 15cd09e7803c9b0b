import PhotoMetadata
import Testing

@testable import caption

struct HintsTests {
  @Test func `a signed photo's sentence ends in what writes into it`() {
    let sentence = sentence(of: MetadataError.signed(path: "a.jpg"))
    #expect(sentence.hasPrefix("a.jpg: carries content credentials"))
    #expect(sentence.hasSuffix(" (--break-signature writes into it)"))
  }
}
