/// What cannot be read in the lists of a file: reported and left out, so long as anything is left.
struct ListFaults {
  /// What the file is called.
  let file: String
  private var first: (place: DatasetPlace, reason: String)?
  private var captions = 0

  init(file: String) { self.file = file }

  /// A value of a list.
  ///
  /// - Returns: nil, having reported why, where it cannot be read.
  mutating func value<Value>(of attempt: Attempt<Value>, _ builder: inout DatasetBuilder) -> Value?
  {
    switch attempt {
    case .read(let value): return value
    case .failed(let place, let reason):
      report(place, reason, &builder)
      return nil
    }
  }

  /// - Parameter caption: what is left out with it, where that is known.
  mutating func report(
    _ place: DatasetPlace, _ reason: String, of caption: String? = nil,
    _ builder: inout DatasetBuilder
  ) {
    first = first ?? (place, reason)
    builder.report(
      .brokenRow, at: DatasetOrigin(file: file, place: place),
      "\(reason); left out" + (caption.map { ": \(quoted($0))" } ?? ""))
  }

  /// Counts captions that could be read.
  mutating func count(_ captions: Int) { self.captions += captions }

  /// - Throws: `DatasetError.malformed` where nothing but faults was found.
  func finish() throws {
    guard captions == 0, let first else { return }
    throw DatasetError.malformed(path: file, place: first.place, reason: first.reason)
  }
}
