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
      for (index, attempt) in try file.decodeJSON([Reading].self).enumerated() {
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
        (try? DatasetFile.decodeJSON(Reading.self, from: Data(line.utf8), decoder))
        ?? .failed("it is not valid JSON")
      enter(
        attempt, at: DatasetOrigin(file: file.name, place: .line(number)), into: &builder,
        split: split)
    }
  }

  private func enter(
    _ attempt: Reading, at origin: DatasetOrigin, into builder: inout DatasetBuilder,
    split: String?
  ) {
    switch attempt {
    case .failed(let reason): builder.report(.brokenRow, at: origin, "\(reason); left out")
    case .read(let object):
      let entry = builder.entry(
        named: object.photo, externalID: object.number,
        split: split ?? DatasetSplit.canonical(object.split), of: object.captions.first?.first,
        at: origin)
      guard let entry else { return }
      for fault in object.faults { builder.report(.brokenRow, at: origin, fault) }
      for captions in object.captions {
        switch captions {
        // As in a cell of a table, it may be a list.
        case .one(let text): builder.add(captionsIn: text, to: entry, at: origin)
        case .more(let texts, _): for text in texts { builder.add(text, to: entry, at: origin) }
        }
      }
    }
  }

  /// An object, or why it is none that can be used.
  private enum Reading: Decodable {
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
    /// What it was read without, in sentences.
    let faults: [String]

    private struct Name: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }

      init(_ name: String) { stringValue = name }
      init(stringValue: String) { self.init(stringValue) }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Name.self)
      // What is null is absent. Of names that differ in their case only, one in small letters counts.
      let keys = try values.allKeys.filter { try !values.decodeNil(forKey: $0) }
        .sorted { $0.stringValue > $1.stringValue }
      let members = Dictionary(keys.map { ($0.stringValue.lowercased(), $0) }) { first, _ in first }
      /// The first that there is, or one that is absent, by the usual name.
      func first(of names: [String], or usual: String) -> Name {
        names.lazy.compactMap { members[$0] }.first ?? Name(usual)
      }
      // Hugging Face's tables have the picture itself under “image”.
      let photos = CaptionColumns.photos.lazy.compactMap { name in
        members[name].flatMap { try? values.decode(String.self, forKey: $0) }
      }
      photo =
        try photos.first
        ?? values.decode(String.self, forKey: first(of: CaptionColumns.photos, or: "image"))
      var faults: [String] = []
      captions = try Self.captions(in: values, members, faults: &faults)
      split = values.decodeIfUsable(
        String.self, forKey: first(of: [CaptionColumns.split], or: CaptionColumns.split),
        what: "text", faults: &faults)
      number = try values.decodeIfPresent(
        Number.self, forKey: first(of: CaptionColumns.numbers, or: "id"))?.value
      self.faults = faults
    }

    /// - Throws: `DecodingError` where there are none that can be read.
    private static func captions(
      in values: KeyedDecodingContainer<Name>, _ members: [String: Name], faults: inout [String]
    ) throws -> [OneOrMore] {
      let names = members.keys.sorted()
      // An absent one by the usual name.
      let columns = CaptionColumns.captions(in: names).compactMap { members[names[$0]] }
      var captions: [OneOrMore] = []
      var failure: (any Error)?
      for column in columns.isEmpty ? [Name("caption")] : columns {
        do {
          let found = try values.decode(OneOrMore.self, forKey: column)
          if case .more(_, let unread) = found, unread > 0 {
            faults.append(
              "\(unread) of its “\(column.stringValue)” \(unread == 1 ? "is" : "are") no text; "
                + "read without")
          }
          captions.append(found)
        } catch {
          failure = failure ?? error
          faults.append("its “\(column.stringValue)” is no text; read without it")
        }
      }
      if captions.isEmpty, let failure { throw failure }
      return captions
    }
  }

  private enum OneOrMore: Decodable {
    case one(String)
    /// Those that could be read, and how many could not.
    case more([String], unread: Int)

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      guard let attempts = try? value.decode([Attempt<Sentence>].self) else {
        self = .one(try Sentence(from: decoder).text)
        return
      }
      let texts = attempts.compactMap { attempt -> String? in
        if case .read(let sentence) = attempt { sentence.text } else { nil }
      }
      guard attempts.isEmpty || !texts.isEmpty else {
        throw DecodingError.typeMismatch(
          String.self, DecodingError.Context(codingPath: decoder.codingPath, debugDescription: ""))
      }
      self = .more(texts, unread: attempts.count - texts.count)
    }

    var first: String? {
      switch self {
      case .one(let text): text
      case .more(let texts, _): texts.first
      }
    }
  }

  /// A caption: a string, or an object with it, as in Karpathy's splits.
  private struct Sentence: Decodable {
    let text: String

    private enum CodingKeys: CodingKey { case raw }

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let values = try? decoder.container(keyedBy: CodingKeys.self),
        let raw = try? values.decode(String.self, forKey: .raw)
      {
        text = raw
      } else {
        text = try value.decode(String.self)
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
