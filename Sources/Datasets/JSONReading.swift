internal import Foundation

extension DatasetFile {
  /// The file's contents as a value.
  ///
  /// - Throws: `DatasetError.malformed`.
  func decodeJSON<Value: Decodable>(_ type: Value.Type) throws -> Value {
    do {
      return try Self.decodeJSON(type, from: data, JSONDecoder())
    } catch let error as DecodingError {
      let (place, reason) = Self.explain(error, at: [])
      throw DatasetError.malformed(
        path: name, place: place,
        reason: place == .whole && reason == Self.noJSON
          ? reason + (syntaxFault.map { ": \($0)" } ?? "") : reason)
    }
  }

  /// JSON as a value, also as Python writes it: with bare `NaN`, `Infinity` and `-Infinity` where
  /// numbers are. They do no harm where nobody asks for them; elsewhere they are nothing that is
  /// asked for.
  ///
  /// - Throws: `DecodingError`.
  static func decodeJSON<Value: Decodable>(
    _ type: Value.Type, from data: Data, _ decoder: JSONDecoder
  ) throws -> Value {
    do {
      return try decoder.decode(type, from: data)
    } catch {
      guard let plain = withoutBareWords(data) else { throw error }
      return try decoder.decode(type, from: plain)
    }
  }

  private static let noJSON = "it is not valid JSON"

  /// JSON with an empty object, which is neither number, string nor list, in the place of each `NaN`,
  /// `Infinity` and `-Infinity` outside strings; everything else stays where it is.
  ///
  /// - Returns: nil where there are none.
  private static func withoutBareWords(_ data: Data) -> Data? {
    let words = ["NaN", "-Infinity", "Infinity"].map { Array($0.utf8) }
    var plain = Array(data)
    var isInString = false
    var isChanged = false
    var position = 0
    while position < plain.count {
      switch plain[position] {
      case UInt8(ascii: "\""): isInString.toggle()
      case UInt8(ascii: "\\") where isInString: position += 1
      case UInt8(ascii: "N"), UInt8(ascii: "I"), UInt8(ascii: "-"):
        guard !isInString, let word = words.first(where: { plain[position...].starts(with: $0) })
        else { break }
        for place in position..<position + word.count { plain[place] = UInt8(ascii: " ") }
        plain[position] = UInt8(ascii: "{")
        plain[position + word.count - 1] = UInt8(ascii: "}")
        isChanged = true
        position += word.count - 1
      default: break
      }
      position += 1
    }
    return isChanged ? Data(plain) : nil
  }

  /// - Parameter path: where it came up, for errors that do not say.
  fileprivate static func explain(
    _ error: any Error, at path: [any CodingKey]
  ) -> (place: DatasetPlace, reason: String) {
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      (place(context.codingPath), "“\(key.stringValue)” is missing")
    case DecodingError.typeMismatch(let type, let context):
      (place(context.codingPath), "it is not \(name(of: type))")
    case DecodingError.valueNotFound(let type, let context):
      (place(context.codingPath), "it is null, not \(name(of: type))")
    case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
      (place(context.codingPath), context.debugDescription)
    default: (place(path), noJSON)
    }
  }

  /// Why a value cannot be read.
  static func reason(_ error: any Error) -> String { explain(error, at: []).reason }

  /// What breaks the syntax, and where. The decoder does not tell, at least on Linux.
  private var syntaxFault: String? {
    do {
      _ = try JSONSerialization.jsonObject(
        with: Self.withoutBareWords(data) ?? data, options: .fragmentsAllowed)
      return nil
    } catch {
      let sentence = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
      return sentence.map { $0.prefix(1).lowercased() + $0.dropFirst().prefix { $0 != "." } }
    }
  }

  private static func place(_ path: [any CodingKey]) -> DatasetPlace {
    path.isEmpty ? .whole : .value(jsonPath(path))
  }

  private static func name(of type: any Any.Type) -> String {
    switch type {
    case is any BinaryInteger.Type: "an integer"
    case is String.Type: "a string"
    case is any Collection.Type where !(type is any ExpressibleByDictionaryLiteral.Type): "a list"
    default: "an object"
    }
  }
}

/// A value of a list or, where it cannot be read, where in the file and why: the rest can be read all
/// the same.
enum Attempt<Value: Decodable>: Decodable {
  case read(Value)
  case failed(place: DatasetPlace, reason: String)

  init(from decoder: any Decoder) {
    do {
      self = .read(try Value(from: decoder))
    } catch {
      let (place, reason) = DatasetFile.explain(error, at: decoder.codingPath)
      self = .failed(place: place, reason: reason)
    }
  }

  /// - Parameter file: what the file is called.
  /// - Throws: `DatasetError.malformed` where it was not read.
  func get(from file: String) throws -> Value {
    switch self {
    case .read(let value): return value
    case .failed(let place, let reason):
      throw DatasetError.malformed(path: file, place: place, reason: reason)
    }
  }
}

extension Attempt: Sendable where Value: Sendable {}

/// As in `annotations[3].image_id`.
private func jsonPath(_ keys: [any CodingKey]) -> String {
  keys.reduce(into: "") { path, key in
    if let index = key.intValue {
      path += "[\(index)]"
    } else {
      path += (path.isEmpty ? "" : ".") + key.stringValue
    }
  }
}

extension KeyedDecodingContainer {
  /// A value that can be done without; nil where the key is absent.
  ///
  /// - Parameters:
  ///   - what: what it should be, as in “text”.
  ///   - faults: gets a sentence where it is something else, which is nil, too.
  func decodeIfUsable<Value: Decodable>(
    _ type: Value.Type, forKey key: Key, what: String, faults: inout [String]
  ) -> Value? {
    do {
      return try decodeIfPresent(type, forKey: key)
    } catch {
      faults.append("its “\(key.stringValue)” is no \(what); read without it")
      return nil
    }
  }
}
