package import SystemPackage

/// A dataset as it is to be kept.
package struct DatasetRecord: Sendable {
  package struct Item: Equatable, Sendable {
    package let name: String
    package let externalID: Int64?
    package let split: String
    /// Nil where the photo was not found.
    package let path: FilePath?
    package let references: [String]

    /// - Parameter path: is made absolute.
    package init(
      name: String, externalID: Int64?, split: String, path: FilePath?, references: [String]
    ) {
      self.name = name
      self.externalID = externalID
      self.split = split
      self.path = path?.absolute
      self.references = references
    }
  }

  package var name: String
  package var format: String
  /// The files and folders that it was read from.
  package var sources: [FilePath]
  /// No two of one name.
  package var items: [Item]
  package var problems: [DatasetProblemRecord]

  package init(
    name: String, format: String, sources: [FilePath], items: [Item],
    problems: [DatasetProblemRecord]
  ) {
    self.name = name
    self.format = format
    self.sources = sources
    self.items = items
    self.problems = problems
  }
}

/// Something that was wrong with a dataset's files.
package struct DatasetProblemRecord: Equatable, Sendable {
  package let kind: String
  package let file: String
  package let place: String
  package let detail: String

  package init(kind: String, file: String, place: String, detail: String) {
    self.kind = kind
    self.file = file
    self.place = place
    self.detail = detail
  }
}

/// What an import has changed.
package enum DatasetChange: Equatable, Sendable {
  case created
  /// All was there already.
  case unchanged
  case replaced(added: Int, changed: Int, removed: Int, evaluations: Int)
}

/// A photo of a dataset in the store.
package struct DatasetItem: Equatable, Sendable {
  package let id: Int64
  /// What the dataset calls the photo.
  package let name: String
  /// Its number in the dataset, where it has one.
  package let externalID: Int64?
  package let split: String
  /// Where the photo lay when the dataset was imported; nil where it was not found.
  package let path: FilePath?
  /// What people wrote about it, at least one caption, as it stood in the files.
  package let references: [String]
}

/// A dataset in the store.
package struct DatasetSummary: Equatable, Sendable, Encodable {
  package struct Split: Equatable, Sendable, Encodable {
    package let name: String
    package let photos: Int
    /// How many of the photos were found.
    package let found: Int
    package let captions: Int
  }

  package let name: String
  package let format: String
  /// Paths of the files and folders that it was read from.
  package let sources: [String]
  package let importedAt: String
  package let splits: [Split]
  /// How many problems its files had.
  package let problems: Int
  /// How many evaluations were made with it.
  package let evaluations: Int

  enum CodingKeys: String, CodingKey {
    case name, format, sources, splits, problems, evaluations
    case importedAt = "imported_at"
  }
}
