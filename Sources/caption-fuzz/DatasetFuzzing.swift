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
    require(error.description.hasPrefix("file: "), "“\(error)” does not name the file")
    require(error.kind == .badData, "“\(error)” is not about the file's contents")
  } catch {
    require(false, "an error that is no DatasetError: \(error)")
  }
}
