extension HEIFFile {
  /// Adds the primary picture, what it is made of and its transparency, each with the properties
  /// that change pixels (ISO/IEC 23008-12, 6.5 to 6.6).
  ///
  /// - Returns: a number for how it is to be turned and mirrored; nil where there is no picture, or
  ///   where it lies in another file.
  func addPicture(to parts: inout PictureParts) -> Int? {
    guard let primary, let properties = itemProperties() else { return nil }
    let places = Dictionary(locations.map { ($0.id, $0) }) { first, _ in first }
    let types = Dictionary(items.map { ($0.id, $0.type) }) { first, _ in first }
    let inputs = Dictionary(grouping: references.filter { $0.type == "dimg" }, by: \.from)
    var pending = [primary] + transparency(of: primary, properties)
    var added: Set<Int> = []
    while let id = pending.popLast() {
      guard added.insert(id).inserted else { continue }
      guard let place = places[id], let type = types[id], place.method < 2, place.file == 0
      else { return nil }
      parts.add("HEIF item", value: Array(type.utf8))
      let kept = properties[id, default: []].filter(changesPixels)
      guard parts.add("HEIF properties", kept.map(\.range)),
        parts.add("HEIF data", place.extents.map { absolute($0, place) })
      else { return nil }
      pending += inputs[id, default: []].flatMap(\.to).reversed()
    }
    return orientation(properties[primary, default: []])
  }

  /// The properties of each item, in their order; nil where the list is damaged.
  private func itemProperties() -> [Int: [Box]]? {
    guard let container = children.first(where: { $0.type == "iprp" }) else { return [:] }
    let boxes = Box.list(bytes, in: container.content)
    let all = boxes.first { $0.type == "ipco" }.map { Box.list(bytes, in: $0.content) } ?? []
    var properties: [Int: [Box]] = [:]
    var total = 0
    for box in boxes where box.type == "ipma" {
      var reader = BoxReader(bytes, box.content)
      guard let version = reader.number(1), let flags = reader.number(3),
        let count = reader.number(4)
      else { return nil }
      let isWide = flags & 1 != 0
      for _ in 0..<count {
        guard let id = reader.number(version == 0 ? 2 : 4), let associations = reader.number(1)
        else { return nil }
        for _ in 0..<associations {
          guard let association = reader.number(isWide ? 2 : 1) else { return nil }
          // The highest bit says that it must be understood; they count from 1.
          let index = association & (isWide ? 0x7FFF : 0x7F)
          guard index > 0, index <= all.count else { continue }
          total += 1
          guard total <= mostParts else { return nil }
          properties[id, default: []].append(all[index - 1])
        }
      }
    }
    return properties
  }

  /// The pictures that say how transparent another one is.
  private func transparency(of picture: Int, _ properties: [Int: [Box]]) -> [Int] {
    let auxiliary = references.filter { $0.type == "auxl" && $0.to.contains(picture) }
    return Set(auxiliary.map(\.from)).filter { id in
      properties[id, default: []].contains { property in
        guard property.type == "auxC", property.content.count > 4 else { return false }
        let type = bytes[property.content.dropFirst(4)].prefix { $0 != 0 }
        return Self.transparencyTypes.contains(String(decoding: type, as: UTF8.self))
      }
    }.sorted()
  }

  /// ISO/IEC 23008-12, 6.6.2.1, and the older name that ISO/IEC 23008-2 gave it.
  private static let transparencyTypes = [
    "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:hevc:2015:auxid:1",
  ]

  private func changesPixels(_ property: Box) -> Bool {
    // Of colours only how they are coded, not what they look like.
    if property.type == "colr" { return bytes.has("nclx", at: property.content.lowerBound) }
    return [
      "hvcC", "av1C", "avcC", "vvcC", "ispe", "clap", "auxC", "a1op", "lsel",
    ].contains(property.type)
  }

  /// 1 where it is neither turned nor mirrored; each step in the order in which they are done.
  private func orientation(_ properties: [Box]) -> Int {
    var steps = 1
    for property in properties {
      guard let value = bytes.integer(at: property.content.lowerBound, width: 1),
        !property.content.isEmpty
      else { continue }
      let step: Int
      switch property.type {
      // Quarters of a turn.
      case "irot": step = value & 3
      // An axis.
      case "imir": step = 4 + value & 1
      default: continue
      }
      // More than a few steps are nobody's; the number must not grow beyond all bounds.
      if step != 0, steps < 1 << 40 { steps = steps << 3 | step }
    }
    return steps
  }
}
