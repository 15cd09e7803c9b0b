import Imaging
import Testing

@Suite struct ImageFormatTests {
  private func container(_ major: String, _ compatible: String...) -> [UInt8] {
    let brands = Array((major + "\0\0\0\0" + compatible.joined()).utf8)
    return [0, 0, 0, UInt8(8 + brands.count)] + Array("ftyp".utf8) + brands
  }

  @Test func `containers are told by their brands`() {
    #expect(ImageFormat(container("heic", "mif1", "heic")) == .heic)
    #expect(ImageFormat(container("mif1", "heic")) == .heic)
    #expect(ImageFormat(container("mif1", "avif", "miaf")) == .avif)
    #expect(ImageFormat(container("avif")) == .avif)
    // A film.
    #expect(ImageFormat(container("isom", "iso2", "mp41")) == nil)
  }

  @Test func `a beginning that is cut short is no format`() {
    #expect(ImageFormat([]) == nil)
    #expect(ImageFormat([0xFF, 0xD8]) == nil)
    #expect(ImageFormat(Array("RIFF____WEB".utf8)) == nil)
    #expect(ImageFormat([0, 0, 0, 24] + Array("ftyphei".utf8)) == nil)
    #expect(ImageFormat([0xFF, 0xFF, 0xFF, 0xFF] + Array("ftyp".utf8)) == nil)
  }
}
