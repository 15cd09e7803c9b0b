internal import Foundation

/// Any JSON, kept as a value.
///
/// It is decoded as a member of other types by `decode(_:from:)` only: a decoder that is asked for
/// one type after the other takes a time that grows with the square of the nesting.
package enum JSONValue: Codable, Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// Beyond what `integer` holds, as random seeds may be.
  case unsigned(UInt64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// - Throws: `JSONError` where `text` is no JSON.
  package init(text: String) throws {
    self = try JSONScanner.value(of: Array(text.utf8))
  }

  /// - Parameter bytes: UTF-8.
  /// - Throws: `JSONError` where they are no JSON.
  package init(bytes: [UInt8]) throws {
    self = try JSONScanner.value(of: bytes)
  }

  /// A value of a type that has members of this one, out of UTF-8.
  ///
  /// - Throws: `JSONError` where the bytes are no JSON, `DecodingError` where they are of another
  ///   form.
  package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws
    -> Value
  {
    let decoder = JSONDecoder()
    decoder.userInfo[.document] = try JSONValue(bytes: bytes)
    return try decoder.decode(type, from: Data(bytes))
  }

  /// The value as the store keeps it: on one line, with sorted keys.
  package var text: String {
    get throws { try json(self) }
  }

  /// A member of an object; nil where there is none, or this is no object.
  package subscript(name: String) -> JSONValue? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  /// Takes the value out of the document that `decode(_:from:)` has read.
  package init(from decoder: any Decoder) throws {
    var value = decoder.userInfo[.document] as? JSONValue
    for key in decoder.codingPath {
      if let index = key.intValue {
        guard case .array(let elements)? = value, elements.indices.contains(index) else {
          value = nil
          break
        }
        value = elements[index]
      } else {
        value = value?[key.stringValue]
      }
    }
    guard let value else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "its document was not read"))
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .null: try value.encodeNil()
    case .bool(let bool): try value.encode(bool)
    case .integer(let integer): try value.encode(integer)
    case .unsigned(let unsigned): try value.encode(unsigned)
    case .number(let number): try value.encode(number)
    case .string(let string): try value.encode(string)
    case .array(let array): try value.encode(array)
    case .object(let object): try value.encode(object)
    }
  }
}

extension CodingUserInfoKey {
  fileprivate static let document = CodingUserInfoKey("document")

  private init(_ name: String) {
    guard let key = CodingUserInfoKey(rawValue: name) else {
      preconditionFailure("“\(name)” is no key")
    }
    self = key
  }
}
