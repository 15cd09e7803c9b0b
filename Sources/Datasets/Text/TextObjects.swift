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
      guard
        let object = try? DatasetFile.decodeJSON(
          [String: Value].self, from: Data(line.utf8), decoder)
      else {
        throw DatasetError.malformed(
          path: file.name, place: origin.place, reason: "it is not a JSON object")
      }
      let member = try text ?? textMember(of: object, at: origin)
      text = member
      guard case .text(let value) = object[member] else {
        let fault = object[member] == nil ? "is missing" : "is not a string"
        return collector.report(.brokenRow, at: origin, "“\(member)” \(fault); left out")
      }
      if collector.needsLabels, target == nil {
        do {
          target = try self.target(of: object, at: origin)
        } catch let error as DatasetError {
          // A text without a label may have none of the members; some text must.
          firstWithoutTarget = firstWithoutTarget ?? error
        }
      }
      try collector.add(value, at: origin) { try target?.value(in: object) }
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
    ///
    /// - Throws: `TextFault`.
    func value(in object: [String: Value]) throws -> LabelledText.Target? {
      switch self {
      case .label(let member):
        let cell = try object[member]?.cell(named: member)
        return CanonicalLabels.label(in: cell).map(LabelledText.Target.label)
      case .probabilities(let members):
        return try LabelledText.Target(
          probabilities: members.map { label, member in
            (label, try object[member]?.cell(named: member))
          })
      }
    }
  }

  private enum Value: Decodable {
    case text(String)
    /// As it is written, where it is an integer; also `true` and `false`.
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
      } else if let isTrue = try? value.decode(Bool.self) {
        self = .number("\(isTrue)")
      } else {
        self = .other
      }
    }

    /// As a cell of a table has it; nil for null.
    ///
    /// - Throws: `TextFault`.
    func cell(named name: String) throws -> String? {
      switch self {
      case .null: nil
      case .text(let text), .number(let text): text
      case .other: throw TextFault(reason: "“\(name)” is neither a string nor a number")
      }
    }
  }
}
