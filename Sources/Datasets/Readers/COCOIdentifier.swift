/// What a picture is called in COCO's files: an integer or, where their makers chose so, a string.
///
/// As in pycocotools, whose dictionaries have them as keys, 42.0 is 42 and “42” is another.
package enum COCOIdentifier: Hashable, Sendable, CustomStringConvertible {
  case number(Int64)
  case text(String)

  /// The number; nil for a string that is not exactly an integer's.
  package var number: Int64? {
    switch self {
    case .number(let number): number
    case .text(let text): Int64(text).flatMap { "\($0)" == text ? $0 : nil }
    }
  }

  /// As it stands in the file, without quotes.
  package var description: String {
    switch self {
    case .number(let number): "\(number)"
    case .text(let text): text
    }
  }

  package enum Kind: Sendable { case number, text }

  package var kind: Kind {
    switch self {
    case .number: .number
    case .text: .text
    }
  }

  /// Why it stands for none of the pictures whose identifiers are of these kinds; nil where it may.
  package func mismatch(with kinds: Set<Kind>) -> String? {
    guard !kinds.contains(kind) else { return nil }
    return switch self {
    case .number(let number): "it is the integer \(number), not a string"
    case .text(let text): "it is the string “\(text.prefix(40))”, not an integer"
    }
  }
}

extension COCOIdentifier: ExpressibleByIntegerLiteral {
  package init(integerLiteral value: Int64) { self = .number(value) }
}

extension COCOIdentifier: Codable {
  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let text = try? value.decode(String.self) {
      self = .text(text)
      return
    }
    do {
      self = .number(try value.decode(Int64.self))
    } catch {
      // Numbers that do not fit come as an error of the decoder's own.
      throw DecodingError.dataCorruptedError(
        in: value, debugDescription: "it is not an integer of 64 bits")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .number(let number): try value.encode(number)
    case .text(let text): try value.encode(text)
    }
  }
}
