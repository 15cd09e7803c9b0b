/// The few tags of an EXIF block that are read here (EXIF 2.32; TIFF 6.0, section 2).
///
/// exiv2 would read every maker note on the way to them, which takes longer and has crashed on
/// damaged files in the past; nothing here follows more than the three directories of the standard.
struct ExifBlock {
  private let tiff: [UInt8]
  let isLittleEndian: Bool
  private let main: [Int: Entry]
  private let exif: [Int: Entry]
  private let gps: [Int: Entry]

  /// One entry of a directory: where its values are.
  private struct Entry {
    let type: Int
    let count: Int
    let offset: Int
  }

  /// Nil where the bytes are no EXIF block; whatever in it is damaged is as if it were not there.
  init?(_ block: [UInt8]) {
    let header = Array("Exif\0\0".utf8)
    let tiff = block.starts(with: header) ? Array(block.dropFirst(header.count)) : block
    if tiff.has("II*\0", at: 0) {
      isLittleEndian = true
    } else if tiff.has("MM\0*", at: 0) {
      isLittleEndian = false
    } else {
      return nil
    }
    self.tiff = tiff
    let isLittleEndian = isLittleEndian
    func directory(at offset: Int?) -> [Int: Entry] {
      guard let offset,
        let count = tiff.integer(at: offset, width: 2, isLittleEndian: isLittleEndian)
      else { return [:] }
      var entries: [Int: Entry] = [:]
      for start in (0..<count).map({ offset + 2 + 12 * $0 }) {
        // Tag, type, number of values, and the values or, where they need more than four bytes,
        // their offset.
        guard let tag = tiff.integer(at: start, width: 2, isLittleEndian: isLittleEndian),
          let type = tiff.integer(at: start + 2, width: 2, isLittleEndian: isLittleEndian),
          let values = tiff.integer(at: start + 4, width: 4, isLittleEndian: isLittleEndian),
          let reference = tiff.integer(at: start + 8, width: 4, isLittleEndian: isLittleEndian)
        else { break }
        guard let width = Self.widths[type], entries[tag] == nil else { continue }
        let place = values * width <= 4 ? start + 8 : reference
        guard values * width <= tiff.count, place <= tiff.count - values * width else { continue }
        entries[tag] = Entry(type: type, count: values, offset: place)
      }
      return entries
    }
    func pointer(_ entry: Entry?) -> Int? {
      guard let entry, entry.type == 4, entry.count == 1 else { return nil }
      return tiff.integer(at: entry.offset, width: 4, isLittleEndian: isLittleEndian)
    }
    main = directory(at: tiff.integer(at: 4, width: 4, isLittleEndian: isLittleEndian))
    exif = directory(at: pointer(main[0x8769]))
    gps = directory(at: pointer(main[0x8825]))
  }

  /// Bytes per value of the types that are read: BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, and
  /// UTF-8 (EXIF 3.0).
  private static let widths = [1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 129: 1]

  var make: String? { text(main[0x010F]) }
  var model: String? { text(main[0x0110]) }
  var imageDescription: String? { text(main[0x010E]) }
  /// What Windows shows as comment, title, subject and tags.
  var windowsComment: String? { windowsText(main[0x9C9C]) }
  var windowsTitle: String? { windowsText(main[0x9C9B]) }
  var windowsSubject: String? { windowsText(main[0x9C9F]) }
  var windowsKeywords: String? { windowsText(main[0x9C9E]) }

  /// A text after eight bytes that name its encoding; nil also where it is something else, as some
  /// cameras keep readings there.
  var userComment: String? {
    guard let entry = exif[0x9286], [2, 7].contains(entry.type) else { return nil }
    let bytes = Array(tiff[entry.offset..<entry.offset + entry.count])
    let text: String?
    // Some writers do not write the name in capitals.
    if String(decoding: bytes.prefix(8), as: UTF8.self).uppercased() == "UNICODE\0" {
      text = utf16(bytes.dropFirst(8))
    } else if bytes.has("JIS\0\0\0\0\0", at: 0) {
      text = TextEncoding.japanese.decode(bytes.dropFirst(8).prefix { $0 != 0 })
    } else {
      let isNamed = bytes.has("ASCII\0\0\0", at: 0) || bytes.has("\0\0\0\0\0\0\0\0", at: 0)
      text = decodedText(bytes.dropFirst(isNamed ? 8 : 0).prefix { $0 != 0 })
    }
    guard let text, text.unicodeScalars.allSatisfy(Self.isReadable) else { return nil }
    return nonempty(text)
  }

  /// Where the camera's maker keeps what it likes.
  var makerNote: Range<Int>? {
    exif[0x927C].map { $0.offset..<$0.offset + $0.count }
  }

  /// 1...8, or nil.
  var orientation: UInt16? {
    guard let entry = main[0x0112], entry.count == 1, let width = Self.widths[entry.type],
      [3, 4].contains(entry.type)
    else { return nil }
    return number(at: entry.offset, width: width).flatMap(UInt16.init(exactly:))
  }

  /// When the picture was taken or, for want of that, digitized, as ISO 8601 has it, with the
  /// distance from UTC where the file tells it.
  var captureTime: String? {
    let candidates: [(time: Int, zone: Int)] = [(0x9003, 0x9011), (0x9004, 0x9012)]
    for candidate in candidates {
      if let time = text(exif[candidate.time]).flatMap(Self.isoTime) {
        return time + (text(exif[candidate.zone]).flatMap(Self.isoZone) ?? "")
      }
    }
    return nil
  }

  /// Degrees to the north and to the east.
  var position: (latitude: Double, longitude: Double)? {
    guard let latitude = degrees(gps[2], reference: text(gps[1]), negative: "S", limit: 90),
      let longitude = degrees(gps[4], reference: text(gps[3]), negative: "W", limit: 180),
      // What devices without reception write.
      latitude != 0 || longitude != 0
    else { return nil }
    return (latitude, longitude)
  }

  private func number(at offset: Int, width: Int) -> Int? {
    tiff.integer(at: offset, width: width, isLittleEndian: isLittleEndian)
  }

  private func text(_ entry: Entry?) -> String? {
    guard let entry, [1, 2, 7, 129].contains(entry.type) else { return nil }
    return nonempty(
      decodedText(tiff[entry.offset..<entry.offset + entry.count].prefix { $0 != 0 }))
  }

  /// UTF-16 with the low byte first, whatever the order of the block is.
  private func windowsText(_ entry: Entry?) -> String? {
    guard let entry, [1, 2, 7].contains(entry.type) else { return nil }
    return nonempty(
      Self.utf16(tiff[entry.offset..<entry.offset + entry.count], isLittleEndian: true))
  }

  /// UTF-16 in the order that its mark tells or, for want of one, in that of the block, unless the
  /// other makes more Latin letters: many programs write their own.
  private func utf16(_ bytes: ArraySlice<UInt8>) -> String {
    if bytes.starts(with: [0xFF, 0xFE]) { return Self.utf16(bytes, isLittleEndian: true) }
    if bytes.starts(with: [0xFE, 0xFF]) { return Self.utf16(bytes, isLittleEndian: false) }
    var (even, odd) = (0, 0)
    for (offset, byte) in bytes.enumerated() where byte == 0 {
      if offset % 2 == 0 { even += 1 } else { odd += 1 }
    }
    return Self.utf16(bytes, isLittleEndian: even == odd ? isLittleEndian : odd > even)
  }

  private static func utf16(_ bytes: ArraySlice<UInt8>, isLittleEndian: Bool) -> String {
    let start = bytes.startIndex
    let units = (0..<bytes.count / 2).map { index in
      let (first, second) = (UInt16(bytes[start + 2 * index]), UInt16(bytes[start + 2 * index + 1]))
      return isLittleEndian ? second << 8 | first : first << 8 | second
    }
    return String(decoding: units.prefix { $0 != 0 }.filter { $0 != 0xFEFF }, as: UTF16.self)
  }

  private static func isReadable(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory != .control || "\t\n\r".unicodeScalars.contains(scalar)
  }

  private func nonempty(_ text: String) -> String? {
    let text = DescriptionText.cleaned(text)
    return text.isEmpty ? nil : text
  }

  private func degrees(
    _ entry: Entry?, reference: String?, negative: String, limit: Double
  ) -> Double? {
    guard let entry, entry.type == 5, entry.count >= 1 else { return nil }
    var degrees = 0.0
    // Degrees, minutes, seconds.
    for (index, unit) in zip(0..<entry.count, [1.0, 60, 3600]) {
      guard let numerator = number(at: entry.offset + 8 * index, width: 4),
        let denominator = number(at: entry.offset + 8 * index + 4, width: 4)
      else { return nil }
      if index > 0, numerator == 0 { continue }
      guard denominator != 0 else { return nil }
      degrees += Double(numerator) / Double(denominator) / unit
    }
    guard degrees <= limit else { return nil }
    return reference?.uppercased() == negative ? -degrees : degrees
  }

  /// “2021:07:04 18:30:05” as 2021-07-04T18:30:05, nil for what is no time.
  static func isoTime(_ text: String) -> String? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].utf8.count == 10, parts[1].utf8.count >= 8 else { return nil }
    let date = parts[0].split { ":-/.".contains($0) }
    let time = parts[1].prefix(8).split(separator: ":")
    guard date.count == 3, time.count == 3,
      let numbers = Self.numbers(date + time, digits: [4, 2, 2, 2, 2, 2])
    else { return nil }
    let (year, month, day) = (numbers[0], numbers[1], numbers[2])
    let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard year > 0, (1...12).contains(month), (1...days[month - 1]).contains(day),
      numbers[3] < 24, numbers[4] < 60, numbers[5] < 60
    else { return nil }
    return date.joined(separator: "-") + "T" + time.joined(separator: ":")
  }

  /// “+02:00” or “Z”, nil for what is no distance from UTC.
  private static func isoZone(_ text: String) -> String? {
    if text == "Z" { return text }
    guard let sign = text.first, "+-".contains(sign),
      let numbers = numbers(text.dropFirst().split(separator: ":"), digits: [2, 2]),
      numbers[0] <= 14, numbers[1] < 60
    else { return nil }
    return text
  }

  /// Numbers of so many decimal digits each; nil where there is anything else.
  private static func numbers(_ parts: [Substring], digits: [Int]) -> [Int]? {
    guard parts.count == digits.count else { return nil }
    var numbers: [Int] = []
    for (part, count) in zip(parts, digits) {
      guard part.utf8.count == count, part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let number = Int(part)
      else { return nil }
      numbers.append(number)
    }
    return numbers
  }
}
