/// Something in a dataset that should be known before anything is trained or measured with it.
package struct DatasetProblem: Equatable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    // Found while reading.
    /// A row that breaks its format; it was repaired where there was only one way to.
    case brokenRow = "broken row"
    /// Bytes that are not UTF-8; they were read as what they most likely are.
    case otherEncoding = "other encoding"
    /// One of many files, of no use; it was left out.
    case unreadableFile = "unreadable file"
    /// A photo or a caption that is there in name only; it was left out.
    case phantomEntry = "phantom entry"
    /// A photo that is listed twice; the second time was left out.
    case duplicateEntry = "duplicate entry"
    /// A caption of no words; it was left out.
    case blankCaption = "blank caption"
    /// A caption that a person chose from a list because the photo shows too little, as in VizWiz; it
    /// was left out.
    case precannedCaption = "precanned caption"
    /// A caption that the makers of the dataset took for spam, as in VizWiz; it was left out.
    case rejectedCaption = "rejected caption"
    /// A caption that looks like a list of captions and cannot be read as one.
    case unreadList = "unread list"
    /// A label of no text; it was left out.
    case blankText = "blank text"
    /// A text that nobody has labelled, where labels are needed; it was left out.
    case unlabelledText = "text without label"
    /// A photo without captions; it was left out.
    case uncaptionedPhoto = "photo without captions"
    /// A photo that is in no list of a split.
    case unlistedPhoto = "photo in no split"
    /// What some programs take for the end of a line: their lists of captions fall out of step.
    case lineSeparator = "line separator"
    case controlCharacter = "control character"
    /// A tab or a bar in a caption, which separate columns elsewhere.
    case straySeparator = "stray separator"
    /// The same caption twice on one photo.
    case duplicateCaption = "duplicate caption"
    /// Fewer captions than most photos have.
    case fewReferences = "few references"

    // Found by looking for the photos and at them.
    case missingPhoto = "missing photo"
    case corruptPhoto = "corrupt photo"
    /// One that is decoded in spite of faults.
    case damagedPhoto = "damaged photo"
    case greyscalePhoto = "greyscale photo"
    /// The same file twice in a split.
    case duplicatePhoto = "duplicate photo"
    /// The same file in two splits.
    case sharedPhoto = "photo in two splits"
    /// Photos in two splits that look alike.
    case similarPhoto = "similar photos in two splits"
  }

  package enum Severity: Comparable, Sendable {
    /// Worth knowing.
    case remark
    /// The files are not as they should be.
    case problem
    /// Figures measured with the dataset would mislead, or could not be had.
    case spoiling
  }

  package let kind: Kind
  package let origin: DatasetOrigin
  package let detail: String

  package init(_ kind: Kind, at origin: DatasetOrigin, _ detail: String) {
    self.kind = kind
    self.origin = origin
    self.detail = detail
  }

  package var sentence: String { "\(origin): \(kind.rawValue): \(detail)" }
}

extension DatasetProblem.Kind {
  package var severity: DatasetProblem.Severity {
    switch self {
    case .missingPhoto, .corruptPhoto, .sharedPhoto: .spoiling
    case .brokenRow, .otherEncoding, .unreadableFile, .phantomEntry, .duplicateEntry, .blankCaption,
      .unreadList, .blankText, .unlabelledText, .uncaptionedPhoto:
      .problem
    case .precannedCaption, .rejectedCaption, .unlistedPhoto, .lineSeparator, .controlCharacter,
      .straySeparator, .duplicateCaption, .fewReferences, .damagedPhoto, .greyscalePhoto,
      .duplicatePhoto, .similarPhoto:
      .remark
    }
  }
}
