/// Writes a JSON array one element a line.
struct ListWriter {
  private let file: ResultFile
  private var isEmpty = true

  init(_ file: ResultFile) { self.file = file }

  mutating func append(_ element: some Encodable) throws {
    try file.write((isEmpty ? "[\n" : ",\n") + jsonLine(element))
    isEmpty = false
  }

  func end() throws { try file.write(isEmpty ? "[]" : "\n]") }
}
