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

  package var kind: FailureKind {
    switch self {
    case .missing, .notAFile, .unreadable: .noInput
    case .readFailed, .writeFailed, .writeProtected, .changed: .inputOutput
    case .tooLong, .corrupt, .unsupported, .noRoom, .humanText, .emptyText, .signed, .linkedOut,
      .pinned, .notInIPTC, .corruptUndo:
      .badData
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

  package var subject: String? {
    switch self {
    case .missing(let path), .notAFile(let path), .unreadable(let path, _),
      .readFailed(let path, _), .writeFailed(let path, _), .tooLong(let path), .changed(let path),
      .writeProtected(let path), .corrupt(let path, _, _), .unsupported(let path, _, _),
      .noRoom(let path, _), .humanText(let path, _, _), .emptyText(let path), .signed(let path),
      .linkedOut(let path), .pinned(let path, _), .notInIPTC(let path, _),
      .corruptUndo(let path, _):
      path
    }
  }

  package var reason: String {
    switch self {
    case .missing: "there is no such file"
    case .notAFile: "is not a file"
    case .unreadable(_, let reason): "cannot be opened: \(reason)"
    case .readFailed(_, let reason): "cannot be read: \(reason)"
    case .writeFailed(_, let reason): "cannot be written: \(reason)"
    case .tooLong: "the file is longer than \(ImageDecoder.maximumBytes >> 20) MiB"
    case .changed: "was changed by another program in the meantime and is left as it is"
    case .writeProtected: "is write-protected"
    case .corrupt(_, let format, let reason): "not a valid \(format) file: \(reason)"
    case .unsupported(_, let format, let reason):
      "the metadata of this \(format) file cannot be changed: \(reason)"
    case .noRoom(_, let format):
      "the metadata would be longer than a \(format) file can hold"
    case .humanText(_, let place, let text):
      "a person wrote in its \(place): “\(Self.excerpt(text))”"
    case .emptyText: "there is no text to write"
    case .signed:
      "carries content credentials (C2PA), which writing into it would break: "
        + "described beside it, in an XMP file"
    case .linkedOut:
      "is a link out of the folder that was named, and what it leads to stays as it is"
    case .pinned(_, let reason):
      "\(reason), which writing into it would move: described beside it, in an XMP file"
    case .notInIPTC(_, let reason): "\(reason): the description stands in XMP only"
    case .corruptUndo(_, let reason):
      "the record of how to undo the change is damaged: \(reason)"
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
