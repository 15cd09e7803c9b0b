internal import Foundation

/// The encoding of Western texts on Windows; Latin-1 is a part of it.
enum Windows1252 {
  /// What 0x80 to 0x9F stand for; the five bytes that stand for nothing are kept as the control
  /// characters that Latin-1 has there, as https://encoding.spec.whatwg.org/#windows-1252 says.
  private static let marks: [UInt16] = [
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
    0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
  ]

  /// The same text in UTF-8.
  static func utf8(_ data: Data) -> Data {
    var text: [UInt8] = []
    text.reserveCapacity(data.count + data.count / 8)
    data.withUnsafeBytes { decode($0, into: &text) }
    return Data(text)
  }

  /// Appends a text to one of UTF-8.
  static func decode(_ bytes: UnsafeRawBufferPointer, into text: inout [UInt8]) {
    for byte in bytes {
      let unit = (0x80...0x9F).contains(byte) ? marks[Int(byte) - 0x80] : UInt16(byte)
      switch unit {
      case ..<0x80: text.append(byte)
      case ..<0x800:
        text.append(contentsOf: [0xC0 | UInt8(unit >> 6), 0x80 | UInt8(unit & 0x3F)])
      default:
        text.append(contentsOf: [
          0xE0 | UInt8(unit >> 12), 0x80 | UInt8(unit >> 6 & 0x3F), 0x80 | UInt8(unit & 0x3F),
        ])
      }
    }
  }
}
