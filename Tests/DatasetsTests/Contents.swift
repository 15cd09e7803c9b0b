import Datasets
import Foundation

/// What a file of that format says.
func contents(
  _ text: String, _ format: DatasetFormat, separator: UInt8 = UInt8(ascii: ",")
) throws -> DatasetContents {
  try DatasetContents(data: Data(text.utf8), name: "d", format: format, separator: separator)
}

extension DatasetContents {
  /// The captions of a photo; nil where there is none of that name.
  subscript(_ name: String) -> [String]? { entries.first { $0.name == name }?.references }

  var sentences: [String] { problems.map(\.sentence) }
}
