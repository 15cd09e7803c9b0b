package import Files
internal import Imaging

/// What can go wrong with a photo's metadata, or with the file that holds it.
package enum MetadataError: Failure, Equatable {
  /// There is no such file.
  case missing(path: String)
  /// The path is that of a folder, a device or the like.
  case notAFile(path: String)
  /// The file cannot be opened.
  case unreadable(path: String, reason: String)
  /// Reading stopped with an error.
  case readFailed(path: String, reason: String)
  /// Writing stopped with an error; what was there before still is.
  case writeFailed(path: String, reason: String)
  /// The file is longer than `ImageDecoder.maximumBytes`.
  case tooLong(path: String)
  /// The file is not what it was when it was read.
  case changed(path: String)
  /// The file is marked as not to be written.
  case writeProtected(path: String)
  /// The bytes break the rules of their format.
  case corrupt(path: String, format: String, reason: String)
  /// The bytes use a feature of their format that is not written here.
  case unsupported(path: String, format: String, reason: String)
  /// The metadata would be longer than the format allows.
  case noRoom(path: String, format: String)
  /// There is a text by a person where one by a machine would go.
  case humanText(path: String, place: String, text: String)
  /// No part of the text can be written.
  case emptyText(path: String)
  /// The photo carries content credentials, whose signature a change would break.
  case signed(path: String)
  /// A link leads out of the folder that was to be written in.
  case linkedOut(path: String)
  /// The photo has something in it that a change would put out of place.
  case pinned(path: String, reason: String)
  /// The text was written, but not into IPTC, whose encoding has no such characters or is not known.
  case notInIPTC(path: String, reason: String)
  /// A record of how to undo a change is damaged.
  case corruptUndo(path: String, reason: String)

  package var parts: FailureParts {
    switch self {
    case .missing(let path): .init(.noInput, path, "there is no such file")
    case .notAFile(let path): .init(.noInput, path, "is not a file")
    case .unreadable(let path, let reason): .init(.noInput, path, "cannot be opened: \(reason)")
    case .readFailed(let path, let reason): .init(.inputOutput, path, "cannot be read: \(reason)")
    case .writeFailed(let path, let reason):
      .init(.inputOutput, path, "cannot be written: \(reason)")
    case .tooLong(let path):
      .init(.badData, path, "the file is longer than \(ImageDecoder.maximumBytes >> 20) MiB")
    case .changed(let path):
      .init(
        .inputOutput, path,
        "was changed by another program in the meantime and is left as it is")
    case .writeProtected(let path): .init(.inputOutput, path, "is write-protected")
    case .corrupt(let path, let format, let reason):
      .init(.badData, path, "not a valid \(format) file: \(reason)")
    case .unsupported(let path, let format, let reason):
      .init(.badData, path, "the metadata of this \(format) file cannot be changed: \(reason)")
    case .noRoom(let path, let format):
      .init(.badData, path, "the metadata would be longer than a \(format) file can hold")
    case .humanText(let path, let place, let text):
      .init(.badData, path, "a person wrote in its \(place): “\(Self.excerpt(text))”")
    case .emptyText(let path): .init(.badData, path, "there is no text to write")
    case .signed(let path):
      .init(
        .badData, path,
        "carries content credentials (C2PA), which writing into it would break: "
          + "described beside it, in an XMP file")
    case .linkedOut(let path):
      .init(
        .badData, path,
        "is a link out of the folder that was named, and what it leads to stays as it is")
    case .pinned(let path, let reason):
      .init(
        .badData, path,
        "\(reason), which writing into it would move: described beside it, in an XMP file")
    case .notInIPTC(let path, let reason):
      .init(.badData, path, "\(reason): the description stands in XMP only")
    case .corruptUndo(let path, let reason):
      .init(.badData, path, "the record of how to undo the change is damaged: \(reason)")
    }
  }

  /// Whether a person's text is what kept one by a machine out.
  package var isHumanText: Bool {
    if case .humanText = self { true } else { false }
  }

  /// Whether the file is not one to be written.
  package var isLinkedOut: Bool {
    if case .linkedOut = self { true } else { false }
  }

  /// Whether it only says where a text went instead, or why it was left out, as it was to be.
  package var isRemark: Bool {
    switch self {
    case .signed, .pinned, .notInIPTC: true
    default: false
    }
  }

  /// The beginning of a text, on one line and without characters that steer a terminal.
  private static func excerpt(_ text: String) -> String {
    let line = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    return line.count <= 60 ? line : line.prefix(59) + "…"
  }
}
