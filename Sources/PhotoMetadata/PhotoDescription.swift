package import SystemPackage

/// A text in a photo's metadata that says what can be seen in it.
package struct PhotoDescription: Equatable, Sendable {
  /// Where a text stands.
  package enum Place: String, Sendable, CaseIterable {
    case description = "XMP description"
    case altText = "XMP alternative text"
    case caption = "IPTC caption"
    case imageDescription = "EXIF image description"
    case userComment = "EXIF user comment"
    case windowsComment = "EXIF comment of Windows"
    case exifInXMP = "XMP copy of EXIF"
    case pngText = "PNG text"
    case jpegComment = "JPEG comment"
    case title = "XMP title"
    case headline = "XMP headline"
    case iptcTitle = "IPTC title"
    case windowsTitle = "EXIF title of Windows"
    case windowsSubject = "EXIF subject of Windows"
    case pngTitle = "PNG title"
    case extendedDescription = "XMP extended description"
    case keywords = "XMP keywords"
    case iptcKeywords = "IPTC keywords"
    case windowsKeywords = "EXIF keywords of Windows"
    case pngKeywords = "PNG keywords"

    package var field: Field {
      switch self {
      case .description, .caption, .imageDescription, .userComment, .windowsComment, .exifInXMP,
        .pngText, .jpegComment:
        .description
      case .title, .headline, .iptcTitle, .windowsTitle, .windowsSubject, .pngTitle: .title
      case .altText, .extendedDescription: .altText
      case .keywords, .iptcKeywords, .windowsKeywords, .pngKeywords: .keywords
      }
    }
  }

  /// What a text is for: where a person has filled one place of a field, the field is the person's.
  package enum Field: CaseIterable, Sendable {
    case description, title, altText, keywords
  }

  package enum Author: Equatable, Sendable {
    case person
    case machine(MachineMarker)
  }

  package let place: Place
  /// As RFC 3066 names it; empty where the photo does not say, and “x-default” for the text to be
  /// shown to whom no other language suits.
  package let language: String
  package let text: String
  package let author: Author
  /// Whether it is a person's note that this program wrote, and that another may replace.
  package let isNote: Bool
}

/// The texts that stand in one file.
package struct FileTexts: Equatable, Sendable {
  /// The file, as errors call it.
  package let path: String
  package let texts: [PhotoDescription]

  /// What stands in a photo and beside it.
  ///
  /// - Parameter excluded: a file beside it that is passed by.
  /// - Throws: `MetadataError.missing`, `.notAFile`, `.unreadable`, `.readFailed`, `.tooLong`,
  ///   `.changed`.
  package static func all(
    about photo: FilePath, except excluded: FilePath? = nil
  ) throws(MetadataError) -> [FileTexts] {
    let bytes = try FileReplacement.read(photo).bytes
    return [FileTexts(path: photo.string, texts: PhotoProperties(bytes).descriptions)]
      + Sidecar.texts(beside: photo, except: excluded)
  }
}

/// What is to be written of a photo, and in whose name.
package struct PhotoSentence: Equatable, Sendable {
  package let text: String
  /// The name of the model that made it; nil where a person wrote it.
  package let model: String?
  /// That of this program.
  package let version: String

  /// - Parameter text: is cleaned, see `DescriptionText.cleaned`.
  package init(_ text: String, model: String?, version: String) {
    self.text = DescriptionText.cleaned(text)
    self.model = model.map(DescriptionText.cleaned)
    self.version = DescriptionText.cleaned(version)
  }
}
