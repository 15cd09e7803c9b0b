internal import Foundation

/// Objects with a photo and its captions: one a line, or in one array as NeuralTalk2
/// (`[{"file_path": …, "captions": […]}]`) and BLIP (`[{"image": …, "caption": …}]`) have them.
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
        (try? decoder.decode(Attempt.self, from: Data(line.utf8)))
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
      for caption in object.captions { builder.add(caption, to: entry, at: origin) }
    }
  }

  /// An object, or why it is none that can be used.
  private enum Attempt: Decodable {
    case read(Object)
    case failed(String)

    init(from decoder: any Decoder) throws {
      do {
        self = .read(try Object(from: decoder))
      } catch DecodingError.keyNotFound(let key, _) {
        self = .failed("“\(key.stringValue)” is missing")
      } catch DecodingError.typeMismatch(_, let context) {
        let key = context.codingPath.last { $0.intValue == nil }?.stringValue
        self = .failed(key.map { "“\($0)” is not of the right type" } ?? "it is not an object")
      } catch DecodingError.dataCorrupted(let context) {
        self = .failed(context.debugDescription)
      }
    }
  }

  private struct Object: Decodable {
    let photo: String
    let captions: [String]
    let split: String?
    let number: Int64?

    enum CodingKeys: String, CodingKey, CaseIterable {
      case image, filename, path, caption, captions, split, id
      case filePath = "file_path"
      case fileName = "file_name"
      case imageID = "image_id"
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      let photoKeys: [CodingKeys] = [.image, .filePath, .fileName, .filename, .path]
      let photoKey = photoKeys.first(where: values.contains) ?? .image
      photo = try values.decode(String.self, forKey: photoKey)
      let captionKey: CodingKeys = values.contains(.captions) ? .captions : .caption
      captions = try values.decode(OneOrMore.self, forKey: captionKey).texts
      split = try values.decodeIfPresent(String.self, forKey: .split)
      let numberKey: CodingKeys = values.contains(.imageID) ? .imageID : .id
      number = try values.decodeIfPresent(Number.self, forKey: numberKey)?.value
    }
  }

  private struct OneOrMore: Decodable {
    let texts: [String]

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let text = try? value.decode(String.self) {
        texts = [text]
      } else {
        texts = try value.decode([String].self)
      }
    }
  }

  /// Numbers also come as texts here: “42”, and BLIP's “coco_42”. Others stand for nothing.
  private struct Number: Decodable {
    let value: Int64?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int64.self) {
        value = number
      } else if let text = try? container.decode(String.self) {
        value = Int64(text.hasPrefix("coco_") ? text.dropFirst(5) : text[...])
      } else {
        value = nil
      }
    }
  }
}
