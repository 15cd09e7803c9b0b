import Testing

/// An item of a HEIC or AVIF file, read with no care for hostile files.
struct HEIFItem: Equatable {
  let id: Int
  let type: String
  let payload: [UInt8]
}

/// The items of a valid file, written apart from the code under test.
func items(_ bytes: [UInt8]) throws -> [HEIFItem] {
  func boxes(_ start: Int, _ end: Int) -> [(type: String, start: Int, end: Int)] {
    var list: [(String, Int, Int)] = []
    var offset = start
    while offset + 8 <= end {
      var size = number(bytes[offset..<offset + 4])
      var header = 8
      if size == 0 { size = end - offset }
      if size == 1 {
        size = number(bytes[offset + 8..<offset + 16])
        header = 16
      }
      let type = String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self)
      list.append((type, offset + header, offset + size))
      offset += size
    }
    return list
  }
  let meta = try #require(boxes(0, bytes.count).first { $0.type == "meta" })
  let children = boxes(meta.start + 4, meta.end)
  func child(_ type: String) throws -> (type: String, start: Int, end: Int) {
    try #require(children.first { $0.type == type })
  }
  let list = try child("iinf")
  let types = boxes(list.start + (bytes[list.start] == 0 ? 6 : 8), list.end).map { entry in
    let width = bytes[entry.start] == 3 ? 4 : 2
    let type = entry.start + 4 + width + 2
    return (
      number(bytes[entry.start + 4..<entry.start + 4 + width]),
      String(decoding: bytes[type..<type + 4], as: UTF8.self)
    )
  }
  let places = try child("iloc")
  var offset = places.start
  func next(_ width: Int) -> Int {
    offset += width
    return number(bytes[offset - width..<offset])
  }
  let version = next(1)
  _ = next(3)
  let (sizes, more) = (next(1), next(1))
  return try (0..<next(version == 2 ? 4 : 2)).map { _ in
    let id = next(version == 2 ? 4 : 2)
    let method = version == 0 ? 0 : next(2)
    _ = next(2)
    let base = next(more >> 4)
    var payload: [UInt8] = []
    for _ in 0..<next(2) {
      _ = version == 0 ? 0 : next(more & 15)
      var start = next(sizes >> 4) + base
      var length = next(sizes & 15)
      if method == 1 { start += try child("idat").start }
      if length == 0 { length = (method == 1 ? try child("idat").end : bytes.count) - start }
      payload += bytes[start..<start + length]
    }
    let type = try #require(types.first { $0.0 == id }).1
    return HEIFItem(id: id, type: type, payload: payload)
  }
}
