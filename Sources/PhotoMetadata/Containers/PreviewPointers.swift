/// Where the EXIF block of a JPEG file points to larger previews that lie behind the picture, as
/// Sony's cameras do by tag 0x2001 of their maker notes: places that count from the block's TIFF
/// header (ExifTool, lib/Image/ExifTool/Sony.pm and WriteExif.pl).
struct PreviewPointers {
  /// Where the segment's content begins in the original.
  private let origin: Int
  /// The same in the file that is being written.
  var position = 0
  private let isLittleEndian: Bool
  /// Places of numbers to be changed, counted from the segment's content.
  private let fields: [Int]

  private static let headerCount = 6

  /// Nil where there are none.
  ///
  /// - Parameters:
  ///   - content: of the segment, from “Exif” on.
  ///   - pictureEnd: where all begins that moves as one.
  /// - Throws: `PhotoFileFault.pinned` where there are others than Sony's.
  init?(_ bytes: [UInt8], content: Range<Int>, pictureEnd: Int) throws(PhotoFileFault) {
    let tiff = Array(bytes[content].dropFirst(Self.headerCount))
    guard let exif = ExifBlock(tiff) else { return nil }
    origin = content.lowerBound
    isLittleEndian = exif.isLittleEndian
    let base = content.lowerBound + Self.headerCount
    var fields: [Int] = []
    var bases = [base]
    if let note = exif.makerNote {
      // From the note's beginning, and from the TIFF header that Nikon's have in them.
      bases += [base + note.lowerBound, base + note.lowerBound + 10]
      fields = Self.sonyFields(tiff, note: note, isLittleEndian) { offset, count in
        base + offset >= pictureEnd && count <= bytes.count - base - offset
      }
    }
    self.fields = fields.map { $0 + Self.headerCount }
    let hasOthers = Self.pointsToPictures(
      tiff, in: bytes, from: bases, behind: content.upperBound, except: fields)
    guard !hasOthers else { throw .pinned("its EXIF points to a picture behind it") }
    if fields.isEmpty { return nil }
  }

  /// Corrects the numbers in a file that became longer, or shorter, before what they point to.
  ///
  /// - Throws: `PhotoFileFault.noRoom`.
  func update(_ bytes: inout [UInt8], originalCount: Int) throws(PhotoFileFault) {
    let growth = bytes.count - originalCount - (position - origin)
    for field in fields {
      let place = position + field
      guard
        let value = bytes.integer(at: place, width: 4, isLittleEndian: isLittleEndian),
        let changed = UInt32(exactly: value + growth)
      else { throw .noRoom }
      var number: [UInt8] = []
      if isLittleEndian {
        number.append(littleEndian: Int(changed), width: 4)
      } else {
        number.append(Int(changed), width: 4)
      }
      bytes.replaceSubrange(place..<place + 4, with: number)
    }
  }

  /// Where the directory of a Sony maker note says that its preview is, if it is one and that is
  /// behind the picture.
  ///
  /// - Parameter isBehind: is asked with an offset in the block and a number of bytes.
  private static func sonyFields(
    _ tiff: [UInt8], note: Range<Int>, _ isLittleEndian: Bool,
    isBehind: (_ offset: Int, _ count: Int) -> Bool
  ) -> [Int] {
    guard tiff.has("SONY ", at: note.lowerBound) || tiff.has("VHAB ", at: note.lowerBound)
    else { return [] }
    func number(_ offset: Int, _ width: Int) -> Int? {
      tiff.integer(at: offset, width: width, isLittleEndian: isLittleEndian)
    }
    // Behind a header of twelve bytes, a directory as in TIFF.
    let directory = note.lowerBound + 12
    guard let count = number(directory, 2) else { return [] }
    return (0..<count).map { directory + 2 + 12 * $0 }.filter { entry in
      guard number(entry, 2) == 0x2001, number(entry + 2, 2) == 7,
        let length = number(entry + 4, 4), length > 4, let offset = number(entry + 8, 4)
      else { return false }
      return isBehind(offset, length)
    }.map { $0 + 8 }
  }

  /// Whether any entry of a directory, wherever in the block that is and in either order of bytes,
  /// tells the place of a JPEG file behind the block: as a number, or as the place of its bytes.
  private static func pointsToPictures(
    _ tiff: [UInt8], in bytes: [UInt8], from bases: [Int], behind end: Int, except fields: [Int]
  ) -> Bool {
    // Start of image, and the beginning of another marker.
    func isPicture(_ place: Int) -> Bool {
      place >= end && place <= bytes.count - 3 && bytes[place] == 0xFF && bytes[place + 1] == 0xD8
        && bytes[place + 2] == 0xFF
    }
    // An entry's value stands behind its tag, its type and its count. Not all maker notes begin at an
    // even place, as TIFF has it.
    for offset in stride(from: 8, through: tiff.count - 4, by: 1) where !fields.contains(offset) {
      for isLittleEndian in [true, false] {
        func number(_ offset: Int, _ width: Int) -> Int {
          tiff.integer(at: offset, width: width, isLittleEndian: isLittleEndian) ?? 0
        }
        let (type, count) = (number(offset - 6, 2), number(offset - 4, 4))
        // LONG, SLONG and IFD; BYTE and UNDEFINED.
        guard [4, 9, 13].contains(type) && count == 1 || [1, 7].contains(type) && count > 4
        else { continue }
        let value = number(offset, 4)
        if bases.contains(where: { isPicture($0 + value) || isPicture($0 + value + sonyHeader) }) {
          return true
        }
      }
    }
    return false
  }

  /// The length of what Sony puts before some of its previews.
  private static let sonyHeader = 32
}
