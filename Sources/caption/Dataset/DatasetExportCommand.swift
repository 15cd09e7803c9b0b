import ArgumentParser
import Datasets
import Foundation
import Store

/// `caption dataset export`: a dataset, for other programs.
struct DatasetExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a dataset as COCO annotations, Karpathy’s JSON, CSV or JSON lines.",
    discussion: """
      “caption dataset import” reads all of them back as they were. COCO has a file for each split: \
      give --split where the reader knows no “split” of a picture. Photos that have no numbers of \
      their own get those that the dataset leaves from 1 up.

      In CSV a cell that begins like a formula (with = + - @, a tab or a line end) gets an apostrophe \
      in front, so that no spreadsheet runs it; “caption dataset import” takes it away.

      EXAMPLES:
        caption dataset export flickr8k --format coco --split val --output references.json
        caption dataset export mine --format karpathy > dataset_mine.json
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case coco, karpathy, csv, jsonl
  }

  @Argument(help: "The dataset.")
  var name: String

  @Option(name: .shortAndLong, help: "The format.")
  var format: Format

  @Option(help: "Only this split.")
  var split: String?

  @OptionGroup var destination: DestinationOptions

  @OptionGroup var store: StoreOptions

  func run() throws {
    let (items, all) = try store.with(.read) { store -> ([DatasetItem], [DatasetItem]) in
      let items = try store.datasetItems(of: name, split: split)
      guard format == .coco, split != nil else { return (items, items) }
      return (items, try store.datasetItems(of: name, split: nil))
    }
    let file = try destination.open(for: format == .csv ? .table : .json)
    switch format {
    case .coco: try writeCOCO(items, COCONumbers(all), to: file)
    case .karpathy: try writeKarpathy(items, to: file)
    case .csv:
      try file.write(csvLine(["id", "image", "split", "caption"]))
      for item in items {
        let number = item.externalID.map { "\($0)" } ?? ""
        for caption in item.references {
          // What would be read as a list of captions is written as a list of one.
          let cell = CaptionList.captions(in: caption) == nil ? caption : try jsonLine([caption])
          try file.write(csvLine([number, item.name, item.split, cell]))
        }
      }
    case .jsonl:
      for item in items {
        try file.write(
          jsonLine(
            Line(
              id: item.externalID, image: item.name, captions: item.references,
              split: item.split)) + "\n")
      }
    }
    try file.finish()
  }

  private struct Line: Encodable {
    let id: Int64?
    let image: String
    let captions: [String]
    let split: String
  }

  private func writeCOCO(
    _ items: [DatasetItem], _ numbers: COCONumbers, to file: ResultFile
  ) throws {
    // COCO's own tools fail without the first two.
    try file.write("{\"info\":\(jsonLine(["description": name])),\"licenses\":[],\"images\":")
    var images = ListWriter(file)
    for item in items {
      try images.append(COCOPicture(id: numbers[item], fileName: item.name, split: item.split))
    }
    try images.end()
    try file.write(",\"annotations\":")
    var annotations = ListWriter(file)
    var id = 0
    for item in items {
      for caption in item.references {
        id += 1
        try annotations.append(COCOReference(id: id, imageID: numbers[item], caption: caption))
      }
    }
    try annotations.end()
    try file.write("}\n")
  }

  private struct COCOPicture: Encodable {
    let id: Int64
    let fileName: String
    let split: String

    enum CodingKeys: String, CodingKey {
      case id, split
      case fileName = "file_name"
    }
  }

  private struct COCOReference: Encodable {
    let id: Int
    let imageID: Int64
    let caption: String

    enum CodingKeys: String, CodingKey {
      case id, caption
      case imageID = "image_id"
    }
  }

  private func writeKarpathy(_ items: [DatasetItem], to file: ResultFile) throws {
    try file.write("{\"dataset\":\(jsonLine(name)),\"images\":")
    var images = ListWriter(file)
    var sentence = 0
    for (index, item) in items.enumerated() {
      let numbers = Array(sentence..<sentence + item.references.count)
      sentence += item.references.count
      try images.append(
        KarpathyPicture(
          filename: item.name, imgid: index, cocoid: item.externalID, split: item.split,
          sentids: numbers,
          sentences: zip(numbers, item.references).map { number, caption in
            KarpathySentence(
              tokens: captionWords(caption), raw: caption, imgid: index, sentid: number)
          }))
    }
    try images.end()
    try file.write("}\n")
  }

  private struct KarpathyPicture: Encodable {
    let filename: String
    let imgid: Int
    /// The dataset's own number.
    let cocoid: Int64?
    let split: String
    let sentids: [Int]
    let sentences: [KarpathySentence]
  }

  private struct KarpathySentence: Encodable {
    let tokens: [String]
    let raw: String
    let imgid: Int
    let sentid: Int
  }
}
