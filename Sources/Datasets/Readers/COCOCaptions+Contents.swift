extension COCOCaptions {
  /// - Parameter split: nil where each picture says.
  func enter(into builder: inout DatasetBuilder, file: String, split: String?) {
    func origin(_ list: String, _ index: Int) -> DatasetOrigin {
      DatasetOrigin(file: file, place: .value("\(list)[\(index)]"))
    }
    var entries: [Int64: Int] = [:]
    entries.reserveCapacity(images.count)
    // Captions of pictures that were left out are no phantoms.
    var known: Set<Int64> = []
    for (index, image) in images.enumerated() {
      let place = origin("images", index)
      guard known.insert(image.id).inserted else {
        builder.report(
          .duplicateEntry, at: place, "there is a picture \(image.id) already; left out")
        continue
      }
      entries[image.id] = builder.newEntry(
        DatasetEntry(
          name: image.fileName ?? "\(image.id)", externalID: image.id,
          split: split ?? DatasetSplit.canonical(image.split), folder: nil, origin: place))
    }
    for (index, annotation) in annotations.enumerated() {
      let place = origin("annotations", index)
      if let entry = entries[annotation.imageID] {
        builder.add(annotation.caption, to: entry, at: place)
      } else if !known.contains(annotation.imageID) {
        builder.report(
          .phantomEntry, at: place, "there is no picture \(annotation.imageID); left out")
      }
    }
  }
}
