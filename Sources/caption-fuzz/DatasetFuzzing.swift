internal import Datasets
import Foundation
internal import SystemPackage

/// Reads a file in each of the formats, in which it either has captions or an error in one sentence.
func fuzzDatasets(_ file: Data) {
  for format in DatasetFormat.allCases where format != .folder {
    refuses { _ = try DatasetContents(data: file, name: "file", format: format) }
  }
  for format in [nil, .tsv, .csv, .jsonl, .text] as [LabelledTextFormat?] {
    let source = LabelledTextSource(path: FilePath("file"), format: format)
    refuses { _ = try source.labelledTexts(in: file) }
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
