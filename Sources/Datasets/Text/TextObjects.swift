internal import Foundation

/// JSON objects with a text and its label, one a line.
struct TextObjects {
  let file: DatasetFile
  let columns: TextColumns

  /// - Throws: `DatasetError.malformed`.
  func read(into collector: inout TextCollector) throws {
    let decoder = JSONDecoder()
    // The first objects show which members are meant.
    var text: String?
    var target: Target?
    var firstWithoutTarget: DatasetError?
    try file.forEachLine { number, line in
      guard line.contains(where: { !$0.isWhitespace }) else { return }
      let origin = DatasetOrigin(file: file.name, place: .line(number))
      guard let object = try? decoder.decode([String: Value].self, from: Data(line.utf8)) else {
        throw DatasetError.malformed(
          path: file.name, place: origin.place, reason: "it is not a JSON object")
      }
      let member = try text ?? textMember(of: object, at: origin)
      text = member
      guard case .text(let value) = object[member] else {
        throw DatasetError.malformed(
          path: file.name, place: origin.place,
          reason: object[member] == nil ? "“\(member)” is missing" : "“\(member)” is not a string")
      }
      if collector.needsLabels, target == nil {
        do {
          target = try self.target(of: object, at: origin)
        } catch let error as DatasetError {
          // A text without a label may have none of the members; some text must.
          firstWithoutTarget = firstWithoutTarget ?? error
        }
      }
      try collector.add(value, target: target?.value(in: object, at: origin), at: origin)
    }
    if let firstWithoutTarget, target == nil { throw firstWithoutTarget }
  }

  private func textMember(of object: [String: Value], at origin: DatasetOrigin) throws -> String {
    let names = object.keys.sorted()
    return names[try columns.find(in: names, needsLabels: false, at: origin).text]
  }

  private func target(of object: [String: Value], at origin: DatasetOrigin) throws -> Target? {
    let names = object.keys.sorted()
    return switch try columns.find(in: names, needsLabels: true, at: origin).target {
    case nil: nil
    case .label(let column): .label(names[column])
    case .probabilities(let columns): .probabilities(columns.map { ($0.label, names[$0.column]) })
    }
  }

  /// The members that say what a text is.
  private enum Target {
    case label(String)
    case probabilities([(label: String, member: String)])

    /// What they say; nil for nothing.
    func value(in object: [String: Value], at origin: DatasetOrigin) throws
      -> LabelledText.Target?
    {
      switch self {
      case .label(let member):
        let label = try object[member]?.cell(named: member, at: origin)?
          .trimmingCharacters(in: .whitespaces)
        return label.flatMap { $0.isEmpty ? nil : .label($0) }
      case .probabilities(let members):
        return try LabelledText.Target(
          probabilities: members.map { label, member in
            (label, try object[member]?.cell(named: member, at: origin))
          }, at: origin)
      }
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

    /// As a cell of a table has it; nil for null.
    func cell(named name: String, at origin: DatasetOrigin) throws -> String? {
      switch self {
      case .null: nil
      case .text(let text), .number(let text): text
      case .other:
        throw DatasetError.malformed(
          path: origin.file, place: origin.place,
          reason: "“\(name)” is neither a string nor a number")
      }
    }
  }
}
