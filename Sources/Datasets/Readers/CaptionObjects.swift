internal import Foundation

/// Objects with a photo and its captions: one a line, as Hugging Face's `metadata.jsonl`
/// (`{"file_name": …, "text": …}`) has them, or in one array as NeuralTalk2
/// (`[{"file_path": …, "captions": […]}]`) and BLIP (`[{"image": …, "caption": …}]`).
struct CaptionObjects {
  let file: DatasetFile

  /// - Throws: `DatasetError.malformed` where an array is no JSON or a line too long; lines that
  ///   are no JSON are reported.
  func enter(into builder: inout DatasetBuilder, split: String?) throws {
    let isArray = file.data.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "[")
    if isArray {
      for (index, attempt) in try file.decodeJSON([Attempt].self).enumerated() {
        enter(
          attempt, at: DatasetOrigin(file: file.name, place: .value("[\(index)]")),
          into: &builder, split: split)
      }
      return
    }
    let decoder = JSONDecoder()
    try file.forEachLine { number, line in
      guard !line.allSatisfy(\.isWhitespace) else { return }
      let attempt =
        (try? DatasetFile.decodeJSON(Attempt.self, from: Data(line.utf8), decoder))
        ?? .failed("it is not valid JSON")
      enter(
        attempt, at: DatasetOrigin(file: file.name, place: .line(number)), into: &builder,
        split: split)
    }
  }

  private func enter(
    _ attempt: Attempt, at origin: DatasetOrigin, into builder: inout DatasetBuilder,
    split: String?
  ) {
    switch attempt {
    case .failed(let reason): builder.report(.brokenRow, at: origin, "\(reason); left out")
    case .read(let object):
      let entry = builder.entry(
        named: object.photo, externalID: object.number,
        split: split ?? DatasetSplit.canonical(object.split), at: origin)
      guard let entry else { return }
      for captions in object.captions {
        switch captions {
        // As in a cell of a table, it may be a list.
        case .one(let text): builder.add(captionsIn: text, to: entry, at: origin)
        case .more(let texts): for text in texts { builder.add(text, to: entry, at: origin) }
        }
      }
    }
  }

  /// An object, or why it is none that can be used.
  private enum Attempt: Decodable {
    case read(Object)
    case failed(String)

    init(from decoder: any Decoder) {
      do {
        self = .read(try Object(from: decoder))
      } catch DecodingError.keyNotFound(let key, _) {
        self = .failed("“\(key.stringValue)” is missing")
      } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(
        _, let context)
      {
        let key = context.codingPath.last { $0.intValue == nil }?.stringValue
        self = .failed(key.map { "“\($0)” is not of the right type" } ?? "it is not an object")
      } catch {
        self = .failed(DatasetFile.reason(error))
      }
    }
  }

  private struct Object: Decodable {
    let photo: String
    /// Of one member, or of several that are numbered.
    let captions: [OneOrMore]
    let split: String?
    let number: Int64?

    private struct Name: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }

      init(_ name: String) { stringValue = name }
      init(stringValue: String) { self.init(stringValue) }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Name.self)
      func first(of names: [String], or usual: String) throws -> Name {
        let name = try names.first {
          try values.contains(Name($0)) && !values.decodeNil(forKey: Name($0))
        }
        return Name(name ?? usual)
      }
      // Hugging Face's tables have the picture itself under “image”.
      let photos = CaptionColumns.photos.lazy.compactMap {
        try? values.decode(String.self, forKey: Name($0))
      }
      photo =
        try photos.first
        ?? values.decode(String.self, forKey: first(of: CaptionColumns.photos, or: "image"))
      // An absent one by the usual name.
      let names = try values.allKeys.filter { try !values.decodeNil(forKey: $0) }.map(\.stringValue)
      let columns = CaptionColumns.captions(in: names).map { Name(names[$0]) }
      captions = try (columns.isEmpty ? [Name("caption")] : columns).map {
        try values.decode(OneOrMore.self, forKey: $0)
      }
      split = try values.decodeIfPresent(String.self, forKey: Name(CaptionColumns.split))
      number = try values.decodeIfPresent(
        Number.self, forKey: first(of: CaptionColumns.numbers, or: "id"))?.value
    }
  }

  private enum OneOrMore: Decodable {
    case one(String)
    case more([String])

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let texts = try? value.decode([String].self) {
        self = .more(texts)
      } else {
        self = .one(try value.decode(String.self))
      }
    }
  }

  /// Numbers also come as texts here. Others stand for nothing.
  private struct Number: Decodable {
    let value: Int64?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int64.self) {
        value = number
      } else {
        value = (try? container.decode(String.self)).flatMap(CaptionColumns.number)
      }
    }
  }
}
