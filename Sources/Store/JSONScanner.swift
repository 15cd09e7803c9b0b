package import Files
internal import Foundation

/// Why bytes are no JSON that is read here: a part of a sentence.
package enum JSONError: Failure, Equatable {
  /// - Parameter offset: of the byte that does not belong there.
  case malformed(offset: Int)
  /// Arrays and objects stand in each other more than `JSONScanner.maximumDepth` deep.
  case tooDeep
  /// A number that no double can hold.
  case tooLarge(offset: Int)

  package var parts: FailureParts {
    switch self {
    case .malformed(let offset): .init(.badData, "not valid JSON (see byte \(offset + 1))")
    case .tooDeep: .init(.badData, "its JSON is nested more than \(JSONScanner.maximumDepth) deep")
    case .tooLarge(let offset):
      .init(.badData, "its JSON has a number that is too large (see byte \(offset + 1))")
    }
  }
}

/// Reads JSON (RFC 8259) in one go, in a time and with a memory that grow with the length alone.
struct JSONScanner {
  /// How deep arrays and objects may stand in each other.
  static let maximumDepth = 128

  private let bytes: UnsafeBufferPointer<UInt8>
  private var offset = 0

  /// - Parameter bytes: UTF-8, perhaps with a byte order mark. Of members of one name the first
  ///   counts; numbers without a fraction are integers, however they are written, as far as 64 bits
  ///   hold them.
  /// - Throws: `JSONError`.
  static func value(of bytes: [UInt8]) throws -> JSONValue {
    try bytes.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes: bytes)
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { scanner.offset = 3 }
      let value = try scanner.value(depth: 0)
      scanner.skipSpace()
      guard scanner.offset == bytes.count else { throw scanner.malformed }
      return value
    }
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  private var malformed: JSONError { .malformed(offset: offset) }

  /// The next byte; 0, which is never valid outside strings, at the end.
  private var next: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  private mutating func skipSpace() {
    while case let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      offset += 1
    }
  }

  /// Passes a byte, and the space before it, if it is the next.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func value(depth: Int) throws -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
    let length = word.utf8CodeUnitCount
    let isThere =
      offset + length <= bytes.count
      && bytes[offset..<offset + length]
        .elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: length))
    guard isThere else { throw malformed }
    offset += length
    return value
  }

  private mutating func array(depth: Int) throws -> [JSONValue] {
    guard depth <= Self.maximumDepth else { throw JSONError.tooDeep }
    offset += 1
    var elements: [JSONValue] = []
    guard !skip("]") else { return elements }
    while true {
      elements.append(try value(depth: depth))
      if skip("]") { return elements }
      guard skip(",") else { throw malformed }
    }
  }

  private mutating func object(depth: Int) throws -> [String: JSONValue] {
    guard depth <= Self.maximumDepth else { throw JSONError.tooDeep }
    offset += 1
    var members: [String: JSONValue] = [:]
    guard !skip("}") else { return members }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw malformed }
      let name = try string()
      guard skip(":") else { throw malformed }
      let value = try value(depth: depth)
      if members[name] == nil { members[name] = value }
      if skip("}") { return members }
      guard skip(",") else { throw malformed }
    }
  }

  private mutating func string() throws -> String {
    offset += 1
    let start = offset
    var hasEscapes = false
    while next != UInt8(ascii: "\"") {
      // Control characters must be escaped; so must what stands for the end of the bytes.
      guard next >= 0x20 else { throw malformed }
      if next == UInt8(ascii: "\\") {
        hasEscapes = true
        offset += 1
        guard offset < bytes.count else { throw malformed }
      }
      offset += 1
    }
    let content = start..<offset
    defer { offset = content.upperBound + 1 }
    if !hasEscapes {
      guard let text = String(validating: bytes[content], as: UTF8.self) else {
        offset = start
        throw malformed
      }
      return text
    }
    offset = start
    return try unescaped(upTo: content.upperBound)
  }

  private mutating func unescaped(upTo end: Int) throws -> String {
    let start = offset
    var units: [UInt8] = []
    units.reserveCapacity(end - start)
    while offset < end {
      let byte = bytes[offset]
      offset += 1
      guard byte == UInt8(ascii: "\\") else {
        units.append(byte)
        continue
      }
      let escape = bytes[offset]
      offset += 1
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(escape)
      case UInt8(ascii: "b"): units.append(0x08)
      case UInt8(ascii: "f"): units.append(0x0C)
      case UInt8(ascii: "n"): units.append(0x0A)
      case UInt8(ascii: "r"): units.append(0x0D)
      case UInt8(ascii: "t"): units.append(0x09)
      case UInt8(ascii: "u"):
        units.append(contentsOf: String(Character(try scalar(upTo: end))).utf8)
      default: throw JSONError.malformed(offset: offset - 1)
      }
    }
    guard let text = String(validating: units, as: UTF8.self) else {
      throw JSONError.malformed(offset: start)
    }
    return text
  }

  /// Behind `\u`: four digits, or those of a pair of surrogates.
  private mutating func scalar(upTo end: Int) throws -> Unicode.Scalar {
    let start = offset
    let first = try unit(upTo: end)
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard UTF16.isLeadSurrogate(first), offset + 2 <= end, bytes[offset] == UInt8(ascii: "\\"),
      bytes[offset + 1] == UInt8(ascii: "u")
    else { throw JSONError.malformed(offset: start) }
    offset += 2
    let second = try unit(upTo: end)
    guard UTF16.isTrailSurrogate(second) else { throw JSONError.malformed(offset: start) }
    return UTF16.decode(UTF16.EncodedScalar([first, second]))
  }

  private mutating func unit(upTo end: Int) throws -> UInt16 {
    guard offset + 4 <= end else { throw malformed }
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue else {
        throw malformed
      }
      unit = unit << 4 | UInt16(digit)
      offset += 1
    }
    return unit
  }

  private mutating func number() throws -> JSONValue {
    let start = offset
    if next == UInt8(ascii: "-") { offset += 1 }
    let first = offset
    skipDigits()
    // At least one digit, and no zero before others.
    guard offset > first, offset == first + 1 || bytes[first] != UInt8(ascii: "0") else {
      offset = first
      throw malformed
    }
    var isInteger = true
    if next == UInt8(ascii: ".") {
      isInteger = false
      offset += 1
      try needDigits()
    }
    if next | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      offset += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
      try needDigits()
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isInteger, let integer = Int64(text) { return .integer(integer) }
    if isInteger, let unsigned = UInt64(text) { return .unsigned(unsigned) }
    guard let number = Double(text), number.isFinite else {
      throw JSONError.tooLarge(offset: start)
    }
    if !isInteger, let integer = Int64(exactly: number) { return .integer(integer) }
    if !isInteger, let unsigned = UInt64(exactly: number) { return .unsigned(unsigned) }
    return .number(number)
  }

  private mutating func skipDigits() {
    while UInt8(ascii: "0")...UInt8(ascii: "9") ~= next { offset += 1 }
  }

  private mutating func needDigits() throws {
    let first = offset
    skipDigits()
    guard offset > first else { throw malformed }
  }
}
