internal import SystemPackage

/// Collects what files tell of a dataset, and what is wrong with it.
struct DatasetBuilder {
  private var contents = DatasetContents()
  private var indices: [String: Int] = [:]
  /// The captions of photos that have many, to be searched.
  private var captions: [Int: Set<String>] = [:]

  /// So many captions are searched one by one: faster, and no photo of a real dataset has more.
  private static let fewCaptions = 50

  mutating func report(
    _ kind: DatasetProblem.Kind, at origin: DatasetOrigin, _ detail: String
  ) {
    contents.problems.append(DatasetProblem(kind, at: origin, detail))
  }

  /// The entry of that name, which is made where there is none.
  ///
  /// - Parameter caption: what is left out where there is no entry.
  /// - Returns: nil, having reported why, where there can be no such photo, or where it is in
  ///   another split already.
  mutating func entry(
    named name: String, externalID: Int64? = nil, split: String? = nil, of caption: String?,
    at origin: DatasetOrigin
  ) -> Int? {
    guard let index = indices[name] else {
      return make(
        DatasetEntry(
          name: name, externalID: externalID, split: split, folder: nil, origin: origin),
        of: caption)
    }
    let known = contents.entries[index]
    guard let split, split != known.split else { return index }
    report(
      .duplicateEntry, at: origin,
      "“\(name)” is in “\(known.split ?? "no split")” since \(known.origin), and left out here"
        + leftOut(caption))
    return nil
  }

  /// A new entry.
  ///
  /// - Returns: nil, having reported why, where there can be no such photo, or where it is there
  ///   already.
  mutating func newEntry(_ entry: DatasetEntry) -> Int? {
    if let index = indices[entry.name] {
      report(
        .duplicateEntry, at: entry.origin,
        "“\(entry.name)” is there since \(contents.entries[index].origin), and left out here")
      return nil
    }
    return make(entry)
  }

  private mutating func make(_ entry: DatasetEntry, of caption: String? = nil) -> Int? {
    guard !entry.name.isEmpty, !entry.name.utf8.contains(0) else {
      report(.brokenRow, at: entry.origin, "it names no photo; left out" + leftOut(caption))
      return nil
    }
    guard !isPhantom(entry.name) else {
      report(
        .phantomEntry, at: entry.origin,
        "“\(entry.name)” is no photo’s name; left out" + leftOut(caption))
      return nil
    }
    indices[entry.name] = contents.entries.count
    contents.entries.append(entry)
    return contents.entries.count - 1
  }

  /// How a sentence ends that tells of what was left out.
  private func leftOut(_ caption: String?) -> String { caption.map { ": \(quoted($0))" } ?? "" }

  /// A name such as Flickr8k's `2258277193_586949ec62.jpg.1`, of which there never was a file.
  private func isPhantom(_ name: String) -> Bool {
    let parts = name.split(separator: ".").suffix(2)
    guard parts.count == 2, let last = parts.last, let first = parts.first else { return false }
    return last.utf8.allSatisfy { (48...57).contains($0) }
      && ["jpg", "jpeg", "png"].contains(first.lowercased())
  }

  /// Reports what the file's bytes had to be taken for.
  mutating func reportRepairs(of file: DatasetFile) {
    contents.problems += file.repairs
  }

  /// Adds a caption.
  mutating func add(_ caption: String, to index: Int, at origin: DatasetOrigin) {
    // Old programs of DOS end files in a control character.
    let isBlank = caption.unicodeScalars.allSatisfy {
      $0.properties.isWhitespace || $0.properties.generalCategory == .control
    }
    guard !isBlank else {
      report(.blankCaption, at: origin, "a caption of “\(name(index))” is blank; left out")
      return
    }
    guard !caption.utf8.contains(0) else {
      // The store would end it there.
      report(.brokenRow, at: origin, "\(subject(caption, index)) has a zero byte; left out")
      return
    }
    for (kind, detail) in remarks(on: caption) {
      report(kind, at: origin, "\(subject(caption, index)) has \(detail)")
    }
    if isKnown(caption, of: index) {
      report(.duplicateCaption, at: origin, "\(subject(caption, index)) is there already")
    }
    contents.entries[index].references.append(caption)
  }

  /// Adds the caption that a cell or a string holds, or the captions where it holds a list of them.
  mutating func add(captionsIn cell: String, to index: Int, at origin: DatasetOrigin) {
    if let captions = CaptionList.captions(in: cell) {
      for caption in captions { add(caption, to: index, at: origin) }
      return
    }
    if CaptionList.isBegun(in: cell) {
      report(
        .unreadList, at: origin,
        "\(subject(cell, index)) looks like a list of captions, which cannot be read; "
          + "kept as one caption")
    }
    add(cell, to: index, at: origin)
  }

  /// Reports a caption that the dataset's makers marked, and leave out themselves.
  mutating func leaveOut(
    _ caption: String, of index: Int, because mark: COCOCaption.Mark, at origin: DatasetOrigin
  ) {
    switch mark {
    case .precanned:
      report(
        .precannedCaption, at: origin, "\(subject(caption, index)) is a stock sentence; left out")
    case .rejected:
      report(.rejectedCaption, at: origin, "\(subject(caption, index)) was rejected; left out")
    }
  }

  /// Whether an entry has any captions yet.
  func hasCaptions(_ index: Int) -> Bool { !contents.entries[index].references.isEmpty }

  private mutating func isKnown(_ caption: String, of index: Int) -> Bool {
    let references = contents.entries[index].references
    guard references.count >= Self.fewCaptions else { return references.contains(caption) }
    if captions[index] == nil { captions[index] = Set(references) }
    return captions[index]?.insert(caption).inserted == false
  }

  /// What is said of a caption.
  private func subject(_ caption: String, _ index: Int) -> String {
    "\(quoted(caption)) of “\(name(index))”"
  }

  private func name(_ index: Int) -> String { contents.entries[index].name }

  /// What was collected, without photos that have no captions.
  func finished() -> DatasetContents {
    var contents = contents
    for entry in contents.entries where entry.references.isEmpty {
      contents.problems.append(
        DatasetProblem(
          .uncaptionedPhoto, at: entry.origin, "“\(entry.name)” has no captions; left out"))
    }
    contents.entries.removeAll { $0.references.isEmpty }
    contents.remarkFewReferences()
    return contents
  }
}

extension DatasetContents {
  /// Remarks photos with fewer captions than the number that more than half of them have.
  fileprivate mutating func remarkFewReferences() {
    let counts = entries.reduce(into: [:]) { $0[$1.references.count, default: 0] += 1 }
    guard let (usual, photos) = counts.max(by: { $0.value < $1.value }),
      photos * 2 > entries.count
    else { return }
    for entry in entries where entry.references.count < usual {
      problems.append(
        DatasetProblem(
          .fewReferences, at: entry.origin,
          "“\(entry.name)” has \(entry.references.count), where most have \(usual)"))
    }
  }
}
