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
    /// What it was read without, in sentences.
    let faults: [String]

    enum CodingKeys: String, CodingKey {
      case filename, filepath, split, sentences, imgid, cocoid
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      filename = try values.decode(String.self, forKey: .filename)
      var faults: [String] = []
      func text(_ key: CodingKeys) -> String? {
        values.decodeIfUsable(String.self, forKey: key, what: "text", faults: &faults)
      }
      func number(_ key: CodingKeys) -> Int64? {
        values.decodeIfUsable(Int64.self, forKey: key, what: "integer", faults: &faults)
      }
      filepath = text(.filepath)
      split = text(.split)
      self.number = number(.cocoid) ?? number(.imgid)
      self.faults = faults
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
      let origin = DatasetOrigin(file: file, place: .value(path))
      for fault in image.faults { builder.report(.brokenRow, at: origin, fault) }
      let entry = builder.newEntry(
        DatasetEntry(
          name: image.filename, externalID: image.number,
          split: split ?? DatasetSplit.canonical(image.split), folder: image.filepath,
          origin: origin))
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
