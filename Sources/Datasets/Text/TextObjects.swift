internal import Foundation

/// JSON objects with a text and its label, one a line.
struct TextObjects {
  let file: DatasetFile
  let columns: TextColumns

  /// - Throws: `DatasetError.malformed`.
  func read(into collector: inout TextCollector) throws {
    let decoder = JSONDecoder()
    // The first object shows which members are meant.
    var members: (text: String, label: String?)?
    try file.forEachLine { number, line in
      guard line.contains(where: { !$0.isWhitespace }) else { return }
      let origin = DatasetOrigin(file: file.name, place: .line(number))
      guard let object = try? decoder.decode([String: Value].self, from: Data(line.utf8)) else {
        throw DatasetError.malformed(
          path: file.name, place: origin.place, reason: "it is not a JSON object")
      }
      let (text, label) = try members ?? names(in: object, collector.needsLabels, at: origin)
      members = (text, label)
      guard case .text(let value) = object[text] else {
        throw DatasetError.malformed(
          path: file.name, place: origin.place,
          reason: object[text] == nil ? "“\(text)” is missing" : "“\(text)” is not a string")
      }
      try collector.add(
        value, label: label.flatMap { try self.label(object[$0], named: $0, at: origin) },
        at: origin)
    }
  }

  private func names(
    in object: [String: Value], _ needsLabels: Bool, at origin: DatasetOrigin
  ) throws -> (text: String, label: String?) {
    let names = object.keys.sorted()
    let (text, label) = try columns.find(in: names, needsLabels: needsLabels, at: origin)
    return (names[text], label.map { names[$0] })
  }

  /// A label's name; nil where there is none.
  private func label(_ label: Value?, named name: String, at origin: DatasetOrigin) throws
    -> String?
  {
    switch label {
    case nil, .null: nil
    case .text(let text), .number(let text): text
    case .other:
      throw DatasetError.malformed(
        path: file.name, place: origin.place,
        reason: "“\(name)” is neither a string nor a number")
    }
  }

  private enum Value: Decodable {
    case text(String)
    /// As it is written, where it is an integer.
    case number(String)
    case null
    case other

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if value.decodeNil() {
        self = .null
      } else if let text = try? value.decode(String.self) {
        self = .text(text)
      } else if let number = try? value.decode(Int64.self) {
        self = .number("\(number)")
      } else if let number = try? value.decode(Double.self) {
        self = .number("\(number)")
      } else {
        self = .other
      }
    }
  }
}
