/// How a file is made of pieces that say how long they are.
private enum Framing {
  case jpeg, png, riff, boxes

  init?(_ bytes: [UInt8]) {
    if bytes.starts(with: [0xFF, 0xD8]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      self = .png
    } else if bytes.starts(with: "RIFF".utf8) {
      self = .riff
    } else if bytes.dropFirst(4).starts(with: "ftyp".utf8) {
      self = .boxes
    } else {
      return nil
    }
  }

  /// How many bytes come before the first piece.
  var start: Int {
    switch self {
    case .jpeg: 2
    case .png: 8
    case .riff: 12
    case .boxes: 0
    }
  }

  /// Where the pieces begin and end; the last may be cut short.
  func pieces(_ bytes: [UInt8], from start: Int) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var place = start
    while place < bytes.count {
      let end = max(place + 1, min(end(bytes, place), bytes.count))
      pieces.append(place..<end)
      place = end
    }
    return pieces
  }

  private func end(_ bytes: [UInt8], _ place: Int) -> Int {
    func number(_ offset: Int, _ width: Int) -> Int {
      var value = 0
      for index in place + offset..<place + offset + width {
        value = value << 8 | (index < bytes.count ? Int(bytes[index]) : 0)
      }
      return value
    }
    switch self {
    case .jpeg:
      guard number(0, 1) == 0xFF, number(1, 1) != 0xD9 else { return bytes.count }
      let end = place + 2 + number(2, 2)
      guard number(1, 1) == 0xDA else { return end }
      // What is between a scan's header and the next marker belongs to it.
      var next = min(end, bytes.count)
      while next + 1 < bytes.count,
        bytes[next] != 0xFF || bytes[next + 1] == 0 || (0xD0...0xD7).contains(bytes[next + 1])
      {
        next += 1
      }
      return next + 1 < bytes.count ? next : bytes.count
    case .png: return place + 12 + number(0, 4)
    case .riff:
      let size = Int(UInt32(truncatingIfNeeded: number(4, 4)).byteSwapped)
      return place + 8 + size + size % 2
    case .boxes:
      let size = number(0, 4)
      switch size {
      case 0: return bytes.count
      case 1: return place + number(12, 4)
      default: return place + size
      }
    }
  }

  /// Where a piece's contents are.
  func body(_ piece: [UInt8]) -> Range<Int> {
    let (head, tail) =
      switch self {
      case .jpeg: (4, 0)
      case .png: (8, 4)
      case .riff: (8, 0)
      case .boxes: (8, 0)
      }
    return min(head, piece.count)..<max(min(head, piece.count), piece.count - tail)
  }

  /// The piece with the length, and the checksum, that are right for it.
  func sealed(_ piece: [UInt8]) -> [UInt8] {
    var piece = piece
    func put(_ value: Int, _ width: Int, at place: Int, isLittle: Bool = false) {
      for index in 0..<width {
        let shift = 8 * (isLittle ? index : width - 1 - index)
        piece[place + index] = UInt8(truncatingIfNeeded: value >> shift)
      }
    }
    switch self {
    case .jpeg:
      // A scan is longer than its header says, and some markers stand alone.
      guard piece.count >= 4, piece[0] == 0xFF, !(0xD0...0xDA).contains(piece[1]) else { break }
      put(piece.count - 2, 2, at: 2)
    case .png:
      guard piece.count >= 12 else { break }
      put(piece.count - 12, 4, at: 0)
      put(Int(Self.crc(piece[4..<piece.count - 4])), 4, at: piece.count - 4)
    case .riff:
      guard piece.count >= 8 else { break }
      put(piece.count - 8, 4, at: 4, isLittle: true)
      if piece.count % 2 == 1 { piece.append(0) }
    case .boxes:
      guard piece.count >= 8 else { break }
      put(piece.count, 4, at: 0)
    }
    return piece
  }

  /// PNG specification, annex D.
  private static func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 {
        let half = crc >> 1
        crc = crc & 1 == 0 ? half : half ^ 0xEDB8_8320
      }
    }
    return ~crc
  }

  /// How many bytes of a box come before the boxes in it; nil where there are none (ISO/IEC
  /// 14496-12 and 23008-12).
  func innerStart(_ piece: [UInt8]) -> Int? {
    guard case .boxes = self, piece.count > 16 else { return nil }
    switch String(decoding: piece[4..<8], as: UTF8.self) {
    case "meta", "iref": return 12
    case "iprp", "ipco", "dinf", "moov", "trak", "mdia", "minf", "stbl": return 8
    case "iinf": return 14
    default: return nil
    }
  }
}

extension Mutator {
  /// An image's file with some of its pieces changed, doubled, moved or left out; lengths and
  /// checksums are mostly made right again, as readers look at little of what has wrong ones.
  mutating func container(_ input: [UInt8]) -> [UInt8] {
    guard let framing = Framing(input), !one(in: 8) else { return bytes(input) }
    var result = changed(input, framing, from: framing.start)
    if framing == .riff, result.count >= 8, !one(in: 4) {
      for index in 0..<4 {
        result[4 + index] = UInt8(truncatingIfNeeded: (result.count - 8) >> (8 * index))
      }
    }
    return result
  }

  /// One file's pieces with some of another's among them.
  mutating func spliced(_ input: [UInt8], _ other: [UInt8]) -> [UInt8] {
    guard let framing = Framing(input), Framing(other) == framing else {
      return Array(input.prefix(number(below: input.count + 1)))
        + Array(other.suffix(number(below: other.count + 1)))
    }
    let (own, others) = (
      framing.pieces(input, from: framing.start), framing.pieces(other, from: framing.start)
    )
    guard !own.isEmpty, !others.isEmpty else { return input }
    var result = input
    let place = own[number(below: own.count)]
    let piece = other[others[number(below: others.count)]]
    result.replaceSubrange(one(in: 2) ? place : place.lowerBound..<place.lowerBound, with: piece)
    return result
  }

  private mutating func changed(_ input: [UInt8], _ framing: Framing, from start: Int) -> [UInt8] {
    let ranges = framing.pieces(input, from: start)
    var pieces = ranges.map { Array(input[$0]) }
    guard !pieces.isEmpty else { return bytes(input) }
    for _ in 0...number(below: 3) where !pieces.isEmpty {
      let index = number(below: pieces.count)
      switch number(below: 9) {
      case 0: pieces.insert(pieces[index], at: number(below: pieces.count + 1))
      case 1: pieces.remove(at: index)
      case 2: pieces.swapAt(index, number(below: pieces.count))
      case 3:
        let count = pieces[index].count
        pieces[index].removeSubrange(number(below: count)..<count)
      case 4:
        let copies = Array(repeating: pieces[index], count: 1 << number(below: 8))
        guard copies.count * pieces[index].count < 1 << 16 else { break }
        pieces.insert(contentsOf: copies, at: index)
      default: pieces[index] = changedPiece(pieces[index], framing)
      }
    }
    return Array(input[..<start]) + pieces.joined()
  }

  private mutating func changedPiece(_ piece: [UInt8], _ framing: Framing) -> [UInt8] {
    var piece = piece
    if let start = framing.innerStart(piece), !one(in: 4) {
      piece = changed(piece, framing, from: start)
    } else {
      let body = framing.body(piece)
      piece.replaceSubrange(body, with: bytes(Array(piece[body])))
    }
    return one(in: 6) ? piece : framing.sealed(piece)
  }
}
