package import Foundation

/// A picture that this program has drawn, as a PNG file that says so: it may be drawn again in its
/// place, which must not happen to a photo.
package enum FigureFile {
  /// PNG, third edition, 11.3.3.2: what made the picture stands under this keyword.
  private static let keyword = "Software"
  private static let software = "caption"

  /// - Precondition: width and height are at most 1,000,000.
  package static func data(of picture: RGBImage) -> Data { picture.pngData(software: software) }

  /// Whether a file is such a figure.
  ///
  /// - Parameter beginning: of the file; the first hundred bytes are enough.
  package static func begins(with beginning: [UInt8]) -> Bool {
    guard ImageFormat(beginning) == .png else { return false }
    var start = 8
    // A length, a type, what is in the chunk and its checksum.
    while let count = UInt32(bigEndian: beginning, at: start).map({ Int($0) }),
      start + 8 + count <= beginning.count
    {
      let type = beginning[start + 4..<start + 8]
      if let text = PNGText(type: type, chunk: beginning[start + 8..<start + 8 + count]),
        text.keyword == keyword
      {
        return text.bytes?.elementsEqual(software.utf8) ?? false
      }
      start += 12 + count
    }
    return false
  }
}
