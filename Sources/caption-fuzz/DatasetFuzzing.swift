internal import Datasets
import Foundation

/// Reads a file in each of the formats, in which it either has captions or an error in one sentence.
func fuzzDatasets(_ file: Data) {
  for format in DatasetFormat.allCases where format != .folder {
    refuses { _ = try DatasetContents(data: file, name: "file", format: format) }
  }
  refuses { _ = try COCOCaptions(data: file, name: "file") }
  refuses { _ = try COCOResults(data: file, name: "file") }
  refuses { _ = try SplitList(data: file, name: "file") }
}

/// Reads, perhaps in vain.
private func refuses(_ read: () throws -> Void) {
  do {
    try read()
  } catch let error as DatasetError {
    precondition(error.description.hasPrefix("file: "), "“\(error)” does not name the file")
    precondition(error.kind == .badData, "“\(error)” is not about the file's contents")
  } catch {
    preconditionFailure("an error that is no DatasetError: \(error)")
  }
}
