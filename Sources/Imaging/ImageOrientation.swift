/// How a camera was held, and what must be done to its picture: EXIF 2.32, tag 0x0112.
package enum ImageOrientation: UInt16, CaseIterable, Sendable {
  case upright = 1
  case mirrored = 2
  case upsideDown = 3
  case mirroredUpsideDown = 4
  /// Mirrored at the diagonal from top left to bottom right.
  case transposed = 5
  /// To be turned clockwise by 90 degrees.
  case turnedLeft = 6
  /// Mirrored at the diagonal from top right to bottom left.
  case transversed = 7
  /// To be turned counterclockwise by 90 degrees.
  case turnedRight = 8

  /// Whether width and height change places.
  package var swapsAxes: Bool { rawValue >= 5 }

  /// The orientation that a file asks its reader to apply; upright where it asks for none, or where
  /// its metadata is damaged.
  ///
  /// HEIC and AVIF files carry rotations of their own, which their decoder applies; their EXIF
  /// orientation only repeats them (ISO/IEC 23008-12).
  package init(_ bytes: [UInt8], format: ImageFormat) {
    let block: ArraySlice<UInt8>? =
      switch format {
      case .jpeg: Self.exifOfJPEG(bytes)
      case .png: Self.exifOfPNG(bytes)
      case .webp: Self.exifOfWebP(bytes)
      case .heic, .avif: nil
      }
    self = block.flatMap(Self.init(exif:)) ?? .upright
  }

  /// The orientation in an EXIF block, which is the directory of a TIFF file (TIFF 6.0, section 2),
  /// or nil where there is none.
  private init?(exif: ArraySlice<UInt8>) {
    var tiff = Array(exif)
    if tiff.starts(with: Self.exifHeader) { tiff.removeFirst(Self.exifHeader.count) }
    let isLittleEndian: Bool
    switch tiff.prefix(2) {
    case [0x49, 0x49]: isLittleEndian = true
    case [0x4D, 0x4D]: isLittleEndian = false
    default: return nil
    }
    func short(_ offset: Int) -> UInt16? {
      guard offset <= tiff.count - 2 else { return nil }
      let (first, second) = (UInt16(tiff[offset]), UInt16(tiff[offset + 1]))
      return isLittleEndian ? second << 8 | first : first << 8 | second
    }
    func long(_ offset: Int) -> UInt32? {
      isLittleEndian
        ? UInt32(littleEndian: tiff, at: offset) : UInt32(bigEndian: tiff, at: offset)
    }
    guard short(2) == 42, let directory = long(4).map(Int.init), let count = short(directory)
    else { return nil }
    // Entries of twelve bytes: tag, type, count of values, the values if they fit into four bytes.
    for entry in 0..<Int(count) {
      let offset = directory + 2 + 12 * entry
      guard let tag = short(offset), let type = short(offset + 2), let values = long(offset + 4)
      else { return nil }
      guard tag == 0x0112 else { continue }
      guard values == 1 else { return nil }
      switch type {
      case 3: self.init(optional: short(offset + 8))
      case 4: self.init(optional: long(offset + 8).flatMap(UInt16.init(exactly:)))
      default: return nil
      }
      return
    }
    return nil
  }

  private init?(optional value: UInt16?) {
    guard let value else { return nil }
    self.init(rawValue: value)
  }

  /// More texts are not looked at: a few compressed bytes may ask for much time.
  private static let maximumProfiles = 8

  private static let exifHeader = Array("Exif\0\0".utf8)

  /// The first APP1 segment that holds EXIF (ITU-T T.81, B.1.1; EXIF 2.32, 4.7.2).
  private static func exifOfJPEG(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var offset = 2
    while offset + 4 <= bytes.count, bytes[offset] == 0xFF {
      let marker = bytes[offset + 1]
      if marker == 0xFF {  // A fill byte.
        offset += 1
        continue
      }
      // Start of scan, end of image.
      if marker == 0xDA || marker == 0xD9 { return nil }
      let end = offset + 2 + Int(bytes[offset + 2]) << 8 + Int(bytes[offset + 3])
      guard end >= offset + 4, end <= bytes.count else { return nil }
      let content = bytes[(offset + 4)..<end]
      if marker == 0xE1, content.starts(with: exifHeader) { return content }
      offset = end
    }
    return nil
  }

  /// The eXIf chunk (PNG, third edition, 11.3.2.6) or, for want of it, the first text in which
  /// ImageMagick and others keep EXIF.
  private static func exifOfPNG(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var offset = 8
    var profile: [UInt8]?
    var tried = 0
    while let count = UInt32(bigEndian: bytes, at: offset).map(Int.init) {
      let start = offset + 8
      guard start + count <= bytes.count else { break }
      let type = bytes[(offset + 4)..<start]
      if type.elementsEqual("eXIf".utf8) { return bytes[start..<start + count] }
      if profile == nil, tried < maximumProfiles,
        let text = PNGText(type: type, chunk: bytes[start..<start + count]),
        text.holdsProfile("exif") || text.holdsProfile("app1")
      {
        tried += 1
        profile = text.profile.flatMap { isEXIF($0) ? $0 : nil }
      }
      offset = start + count + 4
    }
    return profile?[...]
  }

  /// Whether bytes begin as an EXIF block does: texts called “APP1” may hold XMP instead.
  private static func isEXIF(_ profile: [UInt8]) -> Bool {
    profile.starts(with: exifHeader) || profile.starts(with: "II*\0".utf8)
      || profile.starts(with: "MM\0*".utf8)
  }

  /// The EXIF chunk (WebP container specification).
  private static func exifOfWebP(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    var offset = 12
    while let count = UInt32(littleEndian: bytes, at: offset + 4).map(Int.init) {
      let start = offset + 8
      guard start + count <= bytes.count else { return nil }
      if bytes[offset..<offset + 4].elementsEqual("EXIF".utf8) {
        return bytes[start..<start + count]
      }
      offset = start + count + count % 2
    }
    return nil
  }
}

extension RGBImage {
  /// The picture as it should be seen, if a camera says that it was held like this.
  package func oriented(_ orientation: ImageOrientation) -> RGBImage {
    guard orientation != .upright else { return self }
    let swaps = orientation.swapsAxes
    let (newWidth, newHeight) = swaps ? (height, width) : (width, height)
    // The pixel at column x and row y of the result stands at origin + x · columnStep + y · rowStep
    // of the source.
    let (last, lastRow) = (width - 1, (height - 1) * width)
    let (origin, columnStep, rowStep) =
      switch orientation {
      case .upright: (0, 1, width)
      case .mirrored: (last, -1, width)
      case .upsideDown: (lastRow + last, -1, -width)
      case .mirroredUpsideDown: (lastRow, 1, -width)
      case .transposed: (0, width, 1)
      case .turnedLeft: (lastRow, -width, 1)
      case .transversed: (lastRow + last, -width, -1)
      case .turnedRight: (last, width, -1)
      }
    let count = pixels.count
    let result = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
      pixels.withUnsafeBufferPointer { source in
        // Tiles, because a row of the result may be a column of the source, and a column of a large
        // picture does not fit into the cache.
        let tile = 32
        for tileY in stride(from: 0, to: newHeight, by: tile) {
          for tileX in stride(from: 0, to: newWidth, by: tile) {
            let columns = min(tile, newWidth - tileX)
            for y in tileY..<min(tileY + tile, newHeight) {
              var position = 3 * (y * newWidth + tileX)
              var pixel = 3 * (origin + y * rowStep + tileX * columnStep)
              for _ in 0..<columns {
                target[position] = source[pixel]
                target[position &+ 1] = source[pixel &+ 1]
                target[position &+ 2] = source[pixel &+ 2]
                position &+= 3
                pixel &+= 3 &* columnStep
              }
            }
          }
        }
      }
      initialized = count
    }
    return RGBImage(width: newWidth, height: newHeight, pixels: result)
  }
}
