internal import Foundation

extension DatasetFile {
  /// The file's contents as a value.
  ///
  /// - Throws: `DatasetError.malformed`.
  func decodeJSON<Value: Decodable>(_ type: Value.Type) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
      let (place, reason) = explain(error)
      throw DatasetError.malformed(path: name, place: place, reason: reason)
    }
  }

  private func explain(_ error: DecodingError) -> (DatasetPlace, String) {
    switch error {
    case .keyNotFound(let key, let context):
      (Self.place(context), "“\(key.stringValue)” is missing")
    case .typeMismatch(let type, let context):
      (Self.place(context), "it is not \(Self.name(of: type))")
    case .valueNotFound(let type, let context):
      (Self.place(context), "it is null, not \(Self.name(of: type))")
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      (Self.place(context), context.debugDescription)
    default:
      (.whole, "it is not valid JSON" + (syntaxFault.map { ": \($0)" } ?? ""))
    }
  }

  /// What breaks the syntax, and where. The decoder does not tell, at least on Linux.
  private var syntaxFault: String? {
    do {
      _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      return nil
    } catch {
      let sentence = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
      return sentence.map { $0.prefix(1).lowercased() + $0.dropFirst().prefix { $0 != "." } }
    }
  }

  private static func place(_ context: DecodingError.Context) -> DatasetPlace {
    context.codingPath.isEmpty ? .whole : .value(jsonPath(context.codingPath))
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
  /// A number that stands for a picture or a caption; nil where the key is absent.
  ///
  /// - Throws: `DecodingError`, which for a string says what it is.
  func decodeIdentifierIfPresent(forKey key: Key) throws -> Int64? {
    do {
      return try decodeIfPresent(Int64.self, forKey: key)
    } catch {
      // Numbers that do not fit come as an error of the decoder's own.
      let string = try? decode(String.self, forKey: key)
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self,
        debugDescription: string.map { "it is the string “\($0.prefix(40))”, not an integer" }
          ?? "it is not an integer of 64 bits")
    }
  }

  /// - Throws: `DecodingError`, also where the key is absent.
  func decodeIdentifier(forKey key: Key) throws -> Int64 {
    guard let identifier = try decodeIdentifierIfPresent(forKey: key) else {
      throw DecodingError.keyNotFound(
        key, DecodingError.Context(codingPath: codingPath, debugDescription: ""))
    }
    return identifier
  }
}
