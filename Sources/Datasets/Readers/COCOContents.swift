/// The lists of a file in COCO's form, as far as they can be read.
struct COCOContents: Decodable {
  let images: [Picture]
  let annotations: [Attempt<COCOCaption>]

  /// An entry in the list of pictures.
  struct Picture: Decodable {
    let image: Attempt<COCOCaptions.Image>
    /// Also of a picture that cannot be read; nil where there is none.
    let id: COCOIdentifier?

    private enum CodingKeys: CodingKey { case id }

    init(from decoder: any Decoder) {
      image = Attempt(from: decoder)
      switch image {
      case .read(let image): id = image.id
      case .failed:
        let values = try? decoder.container(keyedBy: CodingKeys.self)
        id = try? values?.decode(COCOIdentifier.self, forKey: .id)
      }
    }
  }

  /// - Throws: `DatasetError.malformed` also where a list is empty.
  init(_ file: DatasetFile) throws {
    self = try file.decodeJSON(Self.self)
    for (list, isEmpty) in [("images", images.isEmpty), ("annotations", annotations.isEmpty)]
    where isEmpty {
      // What is broken says more.
      for picture in images { _ = try picture.image.get(from: file.name) }
      throw DatasetError.malformed(
        path: file.name, place: .whole, reason: "its list “\(list)” is empty")
    }
  }

  /// - Parameter split: nil where each picture says.
  /// - Throws: `DatasetError.malformed` where things are broken and no caption is left.
  func enter(into builder: inout DatasetBuilder, file: String, split: String?) throws {
    var faults = ListFaults(file: file)
    var entries: [COCOIdentifier: Int] = [:]
    entries.reserveCapacity(images.count)
    // Captions of pictures that were left out are no phantoms.
    var known: Set<COCOIdentifier> = []
    for (index, picture) in images.enumerated() {
      guard let image = faults.value(of: picture.image, &builder) else {
        if let id = picture.id { known.insert(id) }
        continue
      }
      let place = DatasetOrigin(file: file, place: .value("images[\(index)]"))
      guard known.insert(image.id).inserted else {
        builder.report(
          .duplicateEntry, at: place, "there is a picture \(image.id) already; left out")
        continue
      }
      for fault in image.faults { builder.report(.brokenRow, at: place, fault) }
      entries[image.id] = builder.newEntry(
        DatasetEntry(
          name: image.fileName ?? "\(image.id)", externalID: image.id.number,
          split: split ?? DatasetSplit.canonical(image.split), folder: nil, origin: place))
    }
    let kinds = Set(known.map(\.kind))
    for (index, attempt) in annotations.enumerated() {
      guard let annotation = faults.value(of: attempt, &builder) else { continue }
      let place = DatasetOrigin(file: file, place: .value("annotations[\(index)]"))
      if let entry = entries[annotation.imageID] {
        faults.count(1)
        if let mark = annotation.mark {
          builder.leaveOut(annotation.caption, of: entry, because: mark, at: place)
        } else {
          builder.add(annotation.caption, to: entry, at: place)
        }
      } else if let mismatch = annotation.imageID.mismatch(with: kinds) {
        faults.report(
          .value("annotations[\(index)].image_id"), mismatch, of: annotation.caption, &builder)
      } else if !known.contains(annotation.imageID) {
        builder.report(
          .phantomEntry, at: place,
          "there is no picture \(annotation.imageID); left out: \(quoted(annotation.caption))")
      }
    }
    try faults.finish()
  }
}
