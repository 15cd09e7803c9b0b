/// A block of IPTC-IIM datasets (IPTC-IIM 4.2, chapter 3), of which all stay the same bytes but the
/// caption.
struct IPTCBlock {
  /// 2:120.
  let caption: String?
  /// 2:5 and 2:105.
  let titles: [String]
  /// 2:25.
  let keywords: [String]
  private let bytes: [UInt8]
  private let datasets: [Dataset]
  /// What dataset 1:90 announces; nil where there is none.
  private let announcement: [UInt8]?

  private struct Dataset {
    let record: UInt8
    let tag: UInt8
    let range: Range<Int>
    let content: Range<Int>

    func isKind(_ kind: (record: UInt8, tag: UInt8)) -> Bool {
      record == kind.record && tag == kind.tag
    }

    /// Whether a dataset of the application record holds numbers or a picture instead of text.
    var isText: Bool { record == 2 && tag != 0 && tag != 125 && !(200...202).contains(tag) }
  }

  private static let characterSet: (record: UInt8, tag: UInt8) = (1, 90)
  /// Nobody's are so many, and each is far longer in memory than in a file.
  private static let maximumDatasets = 100_000
  private static let captionAbstract: (record: UInt8, tag: UInt8) = (2, 120)
  private static let utf8Announcement: [UInt8] = [0x1B, 0x25, 0x47]

  /// - Throws: `ShimFailure` where the bytes are no datasets.
  init(_ bytes: [UInt8]) throws(ShimFailure) {
    let datasets = try Self.datasets(bytes)
    func contents(_ tag: UInt8) -> [[UInt8]] {
      datasets.filter { $0.isKind((2, tag)) }.map { Array(bytes[$0.content]) }
    }
    let announcement = datasets.first { $0.isKind(Self.characterSet) }.map {
      Array(bytes[$0.content])
    }
    let declared = announcement.flatMap(TextEncoding.init(announcement:))
    func texts(_ tag: UInt8) -> [String] {
      contents(tag).map { DescriptionText.trimmed(decodedText($0, declared: declared)) }
        .filter { !$0.isEmpty }
    }
    self.bytes = bytes
    self.datasets = datasets
    self.announcement = announcement
    let captions = texts(Self.captionAbstract.tag)
    caption = captions.first { !Boilerplate.holds($0) } ?? captions.first
    titles = texts(5) + texts(105)
    keywords = texts(25)
  }

  /// The block with another caption, or with none.
  ///
  /// It is declared as UTF-8 where it declares nothing and has no text that this could concern.
  ///
  /// - Returns: nil where the text cannot be said in the encoding that the block declares, or where
  ///   it declares none and it is not certain which its other texts are in.
  func replacingCaption(_ text: String?) -> [UInt8]? {
    guard let text else { return spliced([], declaring: false) }
    let others = datasets.filter { $0.isText && !$0.isKind(Self.captionAbstract) }
    let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
    if let announcement {
      guard isASCII || TextEncoding(announcement: announcement) != nil else { return nil }
      let encoding = TextEncoding(announcement: announcement) ?? .utf8
      return encoding.encode(text).map { spliced(Self.dataset($0), declaring: false) }
    }
    let areOthersASCII = others.allSatisfy { bytes[$0.content].allSatisfy { $0 < 0x80 } }
    guard isASCII || areOthersASCII else { return nil }
    return spliced(
      Self.dataset(Array(text.utf8)), declaring: others.isEmpty || !isASCII)
  }

  /// Why a caption cannot be said in it, where that is so.
  var refusal: String {
    guard let announcement else {
      return "its IPTC has other texts and does not declare their encoding"
    }
    guard let encoding = TextEncoding(announcement: announcement) else {
      return "its IPTC declares an encoding that is not known here"
    }
    return "its IPTC is in \(encoding.name), which lacks characters of it"
  }

  /// The block with a dataset in the place of the captions, if any.
  private func spliced(_ caption: [UInt8], declaring: Bool) -> [UInt8] {
    var result: [UInt8] = []
    if declaring {
      // The envelope's datasets come first.
      result += [0x1C, 1, 90, 0, 3] + Self.utf8Announcement
    }
    var isPlaced = false
    for dataset in datasets {
      let isCaption = dataset.isKind(Self.captionAbstract)
      if !isPlaced, isCaption || dataset.record > 2 {
        result += caption
        isPlaced = true
      }
      if !isCaption { result += bytes[dataset.range] }
    }
    return isPlaced ? result : result + caption
  }

  private static func dataset(_ content: [UInt8]) -> [UInt8] {
    var dataset: [UInt8] = [0x1C, captionAbstract.record, captionAbstract.tag]
    // At most `DescriptionText.maximumIPTCBytes`.
    dataset.append(content.count, width: 2)
    return dataset + content
  }

  private static func datasets(_ bytes: [UInt8]) throws(ShimFailure) -> [Dataset] {
    var datasets: [Dataset] = []
    var offset = 0
    while offset + 5 <= bytes.count {
      // Writers pad blocks with zeros.
      if bytes[offset] == 0 {
        offset += 1
        continue
      }
      guard bytes[offset] == 0x1C, var size = bytes.integer(at: offset + 3, width: 2) else {
        throw ShimFailure(reason: "a dataset does not begin with its marker")
      }
      var start = offset + 5
      if size & 0x8000 != 0 {
        // An extended dataset: the size of its size.
        let width = size & 0x7FFF
        guard width <= 4, let extended = bytes.integer(at: start, width: width) else {
          throw ShimFailure(reason: "a dataset has an impossible size")
        }
        size = extended
        start += width
      }
      guard size <= bytes.count - start else {
        throw ShimFailure(reason: "a dataset ends beyond its block")
      }
      guard datasets.count < maximumDatasets else {
        throw ShimFailure(reason: "it has more than \(maximumDatasets) datasets")
      }
      datasets.append(
        Dataset(
          record: bytes[offset + 1], tag: bytes[offset + 2], range: offset..<start + size,
          content: start..<start + size))
      offset = start + size
    }
    return datasets
  }
}
