internal import Foundation
package import SystemPackage

/// Photos with what people wrote about them, as files tell of them.
package struct DatasetContents: Equatable, Sendable {
  /// In the order of the files, no two of one name.
  package var entries: [DatasetEntry] = []
  /// What was wrong with the files, in their order.
  package var problems: [DatasetProblem] = []
}

/// A photo of a dataset.
package struct DatasetEntry: Equatable, Sendable {
  /// What the dataset calls the photo: a file's name, perhaps with folders before it.
  package let name: String
  /// Its number in the dataset, where it has one.
  package let externalID: Int64?
  /// Nil where the files do not say.
  package var split: String?
  /// The captions as they stand in the files.
  package var references: [String] = []
  /// Where the photo was found.
  package var path: FilePath?
  /// The folder below that of the photos in which it should lie, where the files say.
  package let folder: String?
  /// Where it was met first.
  package let origin: DatasetOrigin
}

/// A place in a file.
package struct DatasetOrigin: Hashable, Sendable, CustomStringConvertible {
  package let file: String
  package let place: DatasetPlace

  package init(file: String, place: DatasetPlace) {
    self.file = file
    self.place = place
  }

  package var description: String { place == .whole ? file : "\(file): \(place)" }
}

/// What the parts of datasets are called here: `train`, `val`, `test`, and any other name.
package enum DatasetSplit {
  /// The split of photos of which nothing is said.
  package static let whole = "all"
  /// The split of photos that are in none of a dataset's lists.
  package static let unlisted = "unlisted"

  /// One name for what datasets call differently. COCO's `restval` is trained on, as in Karpathy
  /// and Fei-Fei, “Deep visual-semantic alignments” (CVPR 2015), and all that followed.
  ///
  /// - Returns: nil for nothing.
  package static func canonical(_ name: String?) -> String? {
    let name = name?.trimmingCharacters(in: .whitespaces) ?? ""
    return switch name.lowercased() {
    case "": nil
    case "train", "training", "restval": "train"
    case "val", "valid", "validation", "dev": "val"
    case "test", "testing": "test"
    default: name
    }
  }
}
