import PhotoMetadata
import Testing

struct Exiv2Tests {
  @Test func hasAVersion() { #expect(exiv2Version.hasPrefix("0.")) }
}
