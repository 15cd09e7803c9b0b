/// Photoshop's image resources, the place where JPEG files hold IPTC (Adobe Photoshop File Formats
/// Specification, “Image Resource Blocks”).
struct PhotoshopResources {
  /// What all resources of IPTC hold together.
  let iptc: IPTCBlock
  private let bytes: [UInt8]
  private let resources: [Resource]
  /// Where the last of them ends; what is behind is no resource, and stays.
  private let end: Int

  private struct Resource {
    let kind: Int
    let range: Range<Int>
    let content: Range<Int>
  }

  private static let iptcKind = 0x0404
  /// The digest of the block as another program wrote it, which would have readers believe that XMP
  /// had missed a change (Metadata Working Group, guidelines 2.0).
  private static let digestKind = 0x0425

  /// - Throws: `ShimFailure` where the datasets are damaged.
  init(_ bytes: [UInt8]) throws(ShimFailure) {
    var resources: [Resource] = []
    var end = 0
    while resources.count < mostParts, let resource = Self.resource(bytes, at: end) {
      resources.append(resource)
      end = resource.range.upperBound
    }
    self.bytes = bytes
    self.resources = resources
    self.end = end
    iptc = try IPTCBlock(
      resources.filter { $0.kind == Self.iptcKind }.flatMap { bytes[$0.content] })
  }

  /// The resources with another caption, or with none, and all else as it was.
  ///
  /// - Returns: nil where the caption cannot be said there, as `IPTCBlock.replacingCaption`.
  func replacingCaption(_ caption: String?) -> [UInt8]? {
    guard let block = iptc.replacingCaption(caption.map(DescriptionText.truncatedForIPTC)) else {
      return nil
    }
    var new = block.isEmpty ? [] : Self.wrapped(datasets: block)
    var result: [UInt8] = []
    for resource in resources {
      switch resource.kind {
      case Self.iptcKind:
        result += new
        new = []
      case Self.digestKind: break
      default: result += bytes[resource.range]
      }
    }
    return result + new + bytes[end...]
  }

  /// The resource that holds a block of IPTC datasets: a signature, a number, an empty name.
  static func wrapped(datasets: [UInt8]) -> [UInt8] {
    var resource = Array("8BIM".utf8)
    resource.append(iptcKind, width: 2)
    resource += [0, 0]
    resource.append(datasets.count, width: 4)
    resource += datasets
    if datasets.count % 2 != 0 { resource.append(0) }
    return resource
  }

  /// The resource that begins at an offset; nil where none does.
  private static func resource(_ bytes: [UInt8], at offset: Int) -> Resource? {
    let signatures: [StaticString] = ["8BIM", "PHUT", "AgHg", "DCSR", "MeSa"]
    guard signatures.contains(where: { bytes.has($0, at: offset) }),
      let kind = bytes.integer(at: offset + 4, width: 2),
      let nameLength = bytes.integer(at: offset + 6, width: 1)
    else { return nil }
    // The name, with its length before it, is brought to an even length, and so is the content.
    let sizeAt = offset + 6 + (nameLength + 2) / 2 * 2
    guard let size = bytes.integer(at: sizeAt, width: 4), size <= bytes.count - sizeAt - 4 else {
      return nil
    }
    let start = sizeAt + 4
    return Resource(
      kind: kind, range: offset..<min(start + size + size % 2, bytes.count),
      content: start..<start + size)
  }
}
