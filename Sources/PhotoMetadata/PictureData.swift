internal import Imaging

/// What makes the picture of a photo's file, whatever else the file says: two files with the same
/// data show the same picture, but for how it is turned and for their colour profiles.
package struct PictureData: Equatable {
  /// The data, cut where the file has it so; each part after its name and its length.
  package let pieces: [ArraySlice<UInt8>]
  /// How the file asks for its picture to be turned and mirrored: the same number means the same
  /// way. 1 means not at all, up to 8 as EXIF has it; HEIC and AVIF have numbers of their own.
  package let orientation: Int

  /// - Returns: nil where the file is in no format that is read, too damaged to tell its picture
  ///   from the rest, or in more pieces than anybody's.
  package init?(_ bytes: [UInt8]) {
    guard let format = ImageFormat(bytes) else { return nil }
    var parts = PictureParts(bytes)
    switch format {
    case .jpeg: guard parts.addJPEG() else { return nil }
    case .png: guard PNGFile(bytes).addPicture(to: &parts) else { return nil }
    case .webp: guard WebPFile(bytes).addPicture(to: &parts) else { return nil }
    case .heic, .avif:
      guard let turned = HEIFFile(bytes).addPicture(to: &parts) else { return nil }
      (pieces, orientation) = (parts.pieces, turned)
      return
    }
    pieces = parts.pieces
    orientation = Int(ImageOrientation(bytes, format: format).rawValue)
  }
}

/// The parts of a picture in a file, as they are found.
struct PictureParts {
  let bytes: [UInt8]
  private(set) var pieces: [ArraySlice<UInt8>] = []
  /// How many bytes of the file may be named yet. Pieces that overlap could otherwise make a small
  /// file name billions.
  private var left: Int

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    left = 4 * bytes.count
  }

  /// - Returns: whether the file has so much to say.
  mutating func add(_ name: StaticString, _ ranges: [Range<Int>]) -> Bool {
    let count = ranges.reduce(0) { $0 + $1.count }
    guard count <= left, pieces.count + ranges.count <= 2 * mostParts else { return false }
    left -= count
    addHeader(name, count)
    for range in ranges { pieces.append(bytes[range]) }
    return true
  }

  mutating func add(_ name: StaticString, value: [UInt8]) {
    addHeader(name, value.count)
    pieces.append(value[...])
  }

  private mutating func addHeader(_ name: StaticString, _ count: Int) {
    var header = name.withUTF8Buffer { Array($0) }
    header.append(0)
    header.append(count, width: 8)
    pieces.append(header[...])
  }
}
