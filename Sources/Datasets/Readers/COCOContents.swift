/// The lists of a file in COCO's form, as far as they can be read.
struct COCOContents: Decodable {
  let images: [Attempt<COCOCaptions.Image>]
  let annotations: [Attempt<COCOCaption>]

  /// - Throws: `DatasetError.malformed` also where a list is empty.
  init(_ file: DatasetFile) throws {
    self = try file.decodeJSON(Self.self)
    for (list, isEmpty) in [("images", images.isEmpty), ("annotations", annotations.isEmpty)]
    where isEmpty {
      // What is broken says more.
      for image in images { _ = try image.get(from: file.name) }
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
    for (index, attempt) in images.enumerated() {
      guard let image = faults.value(of: attempt, &builder) else { continue }
      let place = DatasetOrigin(file: file, place: .value("images[\(index)]"))
      guard known.insert(image.id).inserted else {
        builder.report(
          .duplicateEntry, at: place, "there is a picture \(image.id) already; left out")
        continue
      }
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
        faults.report(.value("annotations[\(index)].image_id"), mismatch, &builder)
      } else if !known.contains(annotation.imageID) {
        builder.report(
          .phantomEntry, at: place, "there is no picture \(annotation.imageID); left out")
      }
    }
    try faults.finish()
  }
}
