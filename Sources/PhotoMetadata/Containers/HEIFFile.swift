internal import Imaging

struct HEIFFile: PhotoFile {
  static let format = ImageFormat.heic
  static let holdsIPTC = false
  let fault: PhotoFileFault? = .unsupported("not yet")
  init(_ bytes: [UInt8]) {}
  var blocks: MetadataBlocks { MetadataBlocks() }
  func replacing(xmp: [UInt8], photoshop: [UInt8]?) throws(PhotoFileFault) -> [UInt8] {
    throw .unsupported("not yet")
  }
}
