internal import Batch
internal import Datasets
internal import Files
internal import Foundation
internal import Store
internal import SystemPackage

/// Reads a file as each of the forms in which captions, texts, requests and searches come.
struct DatasetTarget: FuzzTarget {
  private let place: FuzzPlace
  /// Is asked and added to; what is added is not kept.
  private let store: Store

  init(_ place: FuzzPlace) throws {
    self.place = place
    store = try Store()
  }

  func run(_ input: [UInt8]) throws(FuzzFailure) {
    let file = Data(input)
    for format in DatasetFormat.allCases where format != .folder {
      try dataset { _ = try DatasetContents(data: file, name: "file", format: format) }
    }
    for format in [nil, .tsv, .csv, .jsonl, .text] as [LabelledTextFormat?] {
      let source = LabelledTextSource(path: FilePath("file"), format: format)
      try dataset { _ = try source.labelledTexts(in: file) }
    }
    try dataset { _ = try COCOCaptions(data: file, name: "file") }
    try dataset { _ = try COCOResults(data: file, name: "file") }
    try dataset { _ = try SplitList(data: file, name: "file") }
    let lines = try lines(input)
    for line in lines.prefix(20) {
      try ask(line)
      try exchange(line)
    }
    try search(String(decoding: input, as: UTF8.self))
  }

  private func dataset(_ read: () throws -> Void) throws(FuzzFailure) {
    func isRefusal(_ error: any Error) throws(FuzzFailure) -> Bool {
      guard let error = error as? DatasetError else { return false }
      try require(error.description.hasPrefix("file: "), "“\(error)” does not name the file")
      try require(error.kind == .badData, "“\(error)” is not about the file's contents")
      return true
    }
    _ = try allowing(isRefusal, read)
  }

  /// The lines of a file as programs are told them, none of which is lost.
  private func lines(_ input: [UInt8]) throws(FuzzFailure) -> [[UInt8]] {
    try place.write(input, to: "lines")
    var lines: [[UInt8]] = []
    do {
      let file = try FileDescriptor.open(place.scratch + "/lines", .readOnly)
      defer { try? file.close() }
      var reader = LineReader(file, maximumLength: 1 << 20)
      while let line = try reader.next() {
        if case .line(let bytes) = line { lines.append(bytes) }
      }
    } catch {
      throw FuzzFailure(description: "the lines: \(error)")
    }
    let count = input.split(separator: 10, omittingEmptySubsequences: false).count
    let expected = input.isEmpty || input.last == 10 ? count - 1 : count
    try require(lines.count == expected, "\(expected) lines, \(lines.count) of them read")
    return lines
  }

  private func ask(_ line: [UInt8]) throws(FuzzFailure) {
    let request = try allowing(WorkerRequestError.self) {
      try WorkerRequest(line: line, mayBeObject: true)
    }
    guard let extras = request?.extras else { return }
    // What came with the request is given back as it was.
    do {
      let back = try JSONValue.decode(
        [String: JSONValue].self, from: Array(JSONEncoder().encode(extras)))
      try require(back == extras, "\(extras) is given back as \(back)")
    } catch let failure as FuzzFailure {
      throw failure
    } catch {
      throw FuzzFailure(description: "\(extras) cannot be given back: \(error)")
    }
  }

  private func exchange(_ line: [UInt8]) throws(FuzzFailure) {
    struct Enough: Error {}
    func isRefusal(_ error: any Error) -> Bool {
      if case StoreError.inconsistent? = error as? StoreError { return true }
      return error is DecodingError || error is JSONError || error is ImportError
        || error is Enough
    }
    _ = try allowing(isRefusal) {
      let line = try JSONValue.decode(CaptionExchange.self, from: line)
      _ = try store.importing(request: "{}") { importer in
        try importer.enter(line)
        throw Enough()
      }
    }
  }

  private func search(_ text: String) throws(FuzzFailure) {
    let query = try allowing(SearchQueryError.self) { try SearchQuery(text) }
    guard let query else { return }
    func isRefusal(_ error: any Error) -> Bool {
      // A dataset or a sentiment that there is not.
      error is SearchQueryError || (error as? StoreError)?.kind == .noInput
    }
    _ = try allowing(isRefusal) {
      if query.isAboutFailures {
        _ = try store.searchFailures(query, limit: 10)
      } else {
        _ = try store.search(query, limit: 10)
      }
    }
  }
}
