/// Karpathy's splits of COCO, Flickr8k and Flickr30k, `dataset_coco.json` and so on
/// (https://cs.stanford.edu/people/karpathy/deepimagesent/).
struct KarpathyFile: Decodable {
  private let images: [Attempt<Image>]

  private struct Image: Decodable {
    let filename: String
    /// The folder below that of the photos; COCO only.
    let filepath: String?
    let split: String?
    /// COCO's own number where there is one, else that of the list.
    let number: Int64?
    let sentences: [Attempt<Sentence>]

    enum CodingKeys: String, CodingKey {
      case filename, filepath, split, sentences, imgid, cocoid
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      filename = try values.decode(String.self, forKey: .filename)
      filepath = try values.decodeIfPresent(String.self, forKey: .filepath)
      split = try values.decodeIfPresent(String.self, forKey: .split)
      number =
        try values.decodeIdentifierIfPresent(forKey: .cocoid)
        ?? values.decodeIdentifierIfPresent(forKey: .imgid)
      sentences = try values.decode([Attempt<Sentence>].self, forKey: .sentences)
    }
  }

  private struct Sentence: Decodable {
    let raw: String
  }

  /// - Parameter split: nil where each picture says.
  /// - Throws: `DatasetError.malformed` where things are broken and no caption is left.
  func enter(into builder: inout DatasetBuilder, file: String, split: String?) throws {
    var faults = ListFaults(file: file)
    for (index, attempt) in images.enumerated() {
      guard let image = faults.value(of: attempt, &builder) else { continue }
      let path = "images[\(index)]"
      let entry = builder.newEntry(
        DatasetEntry(
          name: image.filename, externalID: image.number,
          split: split ?? DatasetSplit.canonical(image.split), folder: image.filepath,
          origin: DatasetOrigin(file: file, place: .value(path))))
      guard let entry else { continue }
      for (number, attempt) in image.sentences.enumerated() {
        guard let sentence = faults.value(of: attempt, &builder) else { continue }
        faults.count(1)
        builder.add(
          sentence.raw, to: entry,
          at: DatasetOrigin(file: file, place: .value("\(path).sentences[\(number)]")))
      }
    }
    try faults.finish()
  }
}
