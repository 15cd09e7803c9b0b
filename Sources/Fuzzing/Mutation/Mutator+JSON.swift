internal import Foundation

extension Mutator {
  /// A JSON text with some values in it changed; of other texts, and now and then of these, nil.
  mutating func json(_ input: [UInt8]) -> [UInt8]? {
    guard !one(in: 4) else { return nil }
    if let text = changedText(input) { return text }
    // Perhaps a value a line.
    var lines = input.split(separator: UInt8(ascii: "\n"))
    guard !lines.isEmpty else { return nil }
    let index = number(below: lines.count)
    guard let line = changedText(lines[index]) else { return nil }
    lines[index] = line[...]
    return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }

  private mutating func changedText(_ text: some Sequence<UInt8>) -> [UInt8]? {
    guard let value = try? JSONSerialization.jsonObject(with: Data(text)) else { return nil }
    let data = try? JSONSerialization.data(
      withJSONObject: changed(value), options: [.sortedKeys, .withoutEscapingSlashes])
    return data.map { Array($0) }
  }

  /// A list or an object with something in it changed.
  private mutating func changed(_ value: Any) -> Any {
    if var object = value as? [String: Any], !object.isEmpty {
      let keys = object.keys.sorted()
      let key = keys[number(below: keys.count)]
      switch number(below: 8) {
      case 0: object[key] = nil
      case 1: object[keys[number(below: keys.count)]] = object[key]
      case 2: object[keys[number(below: keys.count)] + "\u{301}"] = object[key]
      default: object[key] = object[key].map { changedElement($0) }
      }
      return object
    }
    if var list = value as? [Any], !list.isEmpty {
      let index = number(below: list.count)
      switch number(below: 8) {
      case 0: list.remove(at: index)
      case 1: list.insert(list[index], at: index)
      case 2: list += Array(repeating: list[index], count: 1 << number(below: 10))
      default: list[index] = changedElement(list[index])
      }
      return list
    }
    return value is [Any] ? [hostile()] : ["": hostile()]
  }

  private mutating func changedElement(_ value: Any) -> Any {
    let isNested = value is [Any] || value is [String: Any]
    return isNested && !one(in: 5) ? changed(value) : hostile()
  }

  private mutating func hostile() -> Any {
    let values: [Any] = [
      NSNull(), true, false, 0, -1, 1, 2, 3, 1000, 1_000_000, Int.max, Int.min, UInt64.max, 0.5,
      -0.5, 1e-300, 1e300, 1e39, "", "a", "a\u{0}b", "\u{1B}[31m", "../a", "/", "-1", "1e999",
      "nan", String(repeating: "x", count: 1 << number(below: 14)), [Any](), [String: Any](),
      [[[Any]]](), [0, 0, 0], ["a", "a"],
    ]
    return values[number(below: values.count)]
  }

  /// A safetensors file with its header changed, which says the right length mostly.
  mutating func safetensors(_ input: [UInt8]) -> [UInt8]? {
    guard input.count > 8, !one(in: 4) else { return nil }
    let count = (0..<8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64(input[$1]) }
    guard count <= UInt64(input.count - 8), let header = json(Array(input[8..<8 + Int(count)]))
    else { return nil }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return length + header + input[(8 + Int(count))...]
  }
}
