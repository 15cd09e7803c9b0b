import ArgumentParser
import Files
import Foundation
import Gallery
import Store
import SystemPackage

/// `caption export`: what is in the store, for other programs and for people.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the store's captions as JSON, CSV, COCO annotations, text or a web page.",
    discussion: """
      Each picture comes once, with its newest caption, in the order of the paths; pictures that \
      only people have described come without a model's caption.

      FORMATS:
        json          one array; what is not known is absent
        ndjson        the same objects, one a line; “caption store import” reads them back
        csv           RFC 4180 with a heading; cells for more than one value hold JSON
        txt           path, tab, caption; backslash, tab and line ends as \\\\ \\t \\n \\r
        coco          {"images": […], "annotations": […]}
        coco-results  [{"image_id": …, "caption": …}], as COCO's evaluation takes it
        html          one page that needs no network, with thumbnails, search and filters

      Pictures have COCO's numbers where all file names end in them \
      (COCO_val2014_000000016744.jpg), else their numbers in the store.

      In CSV a cell that begins like a formula (with = + - @, their full-width forms, a tab or a line \
      end, or apostrophes and such a character) and is no number gets an apostrophe in front, so \
      that no spreadsheet runs what a file says of its camera. JSON has the texts as they are.

      EXAMPLES:
        caption export --format csv --output captions.csv
        caption export --format html --folder ~/photos/2024 --output ~/photos/2024/index.html
        caption export --format ndjson | jq -r 'select(.confidence < 0.3) | .path'
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case json, ndjson, csv, coco
    case cocoResults = "coco-results"
    case txt, html

    var kind: FileKind {
      switch self {
      case .json, .ndjson, .coco, .cocoResults: .json
      case .csv, .txt: .table
      case .html: .page
      }
    }
  }

  @OptionGroup var store: StoreOptions

  @Option(name: .shortAndLong, help: "The format: see above.")
  var format: Format

  @OptionGroup var destination: DestinationOptions

  @OptionGroup var album: AlbumOptions

  @Option(
    help: ArgumentHelp("Only pictures in this folder or below it.", valueName: "folder"),
    completion: .directory)
  var folder: String?

  @Option(help: ArgumentHelp("Only captions by models of this name.", valueName: "name"))
  var model: String?

  @Option(help: ArgumentHelp("At most so many pictures.", valueName: "count"))
  var limit: Int?

  @Flag(help: "Every caption of a picture, newest first, not only the newest.")
  var all = false

  @Flag(help: "In coco and txt: everything that people wrote, instead of what models did.")
  var human = false

  @Flag(help: "In json and ndjson: with the embeddings, as base64 of little-endian float16.")
  var embeddings = false

  @Option(help: ArgumentHelp("In html: the title of the page.", valueName: "text"))
  var title: String?

  @Option(
    help: ArgumentHelp(
      "In html: the longer side of the thumbnails, from 64 to 1024 (default: 200).",
      valueName: "pixels"))
  var thumbnailSize: Int?

  func validate() throws {
    guard limit ?? 0 >= 0 else {
      throw ValidationError("--limit takes a number from 0 up, not \(limit ?? 0).")
    }
    guard (64...1024).contains(thumbnailSize ?? 64) else {
      throw ValidationError("--thumbnail-size takes a number from 64 to 1024.")
    }
    guard format != .html || destination.output != nil else {
      throw ValidationError("--format html takes --output FILE.")
    }
    try requires(
      ["--embeddings": embeddings], with: "--format json or ndjson",
      [.json, .ndjson].contains(format))
    try requires(
      ["--human": human], with: "--format coco or txt", [.coco, .txt].contains(format))
    try requires(
      ["--title": title, "--thumbnail-size": thumbnailSize], with: "--format html",
      format == .html)
    guard !human || model == nil else {
      throw ValidationError("--human and --model exclude each other.")
    }
    // COCO's evaluation takes one caption a picture.
    guard !all || format != .cocoResults else {
      throw ValidationError("--all does not go with --format coco-results.")
    }
    try excludes(["--all": all], with: "--human", human)
  }

  func run() throws {
    try store.with(.read) { store in
      if let model, case let names = try store.captioningModels(), !names.contains(model) {
        throw ValidationError(
          names.isEmpty
            ? "The store has no captions yet."
            : "The store has no captions by “\(model)”, only by \(names.joined(separator: ", ")).")
      }
      let file = try destination.open(for: format.kind)
      // Thumbnails take long: the store is let go before.
      var page = emptyPage
      try store.export(selection) { export in
        switch format {
        case .json: try writeJSON(export, to: file)
        case .ndjson: try export.forEachEntry { entry, _ in try file.write(jsonLine(entry) + "\n") }
        case .csv: try writeCSV(export, to: file)
        case .coco: try writeCOCO(export, to: file)
        case .cocoResults: try writeCOCOResults(export, to: file)
        case .txt: try writeText(export, to: file)
        case .html: try export.forEachEntry { entry, _ in page.add(entry) }
        }
      }
      if format == .html { try write(page, to: file) }
      try file.finish()
    }
  }

  private var selection: ExportSelection {
    var selection = ExportSelection()
    selection.model = model
    selection.folder = folder.map { FilePath($0) }
    selection.isEveryCaption = all
    selection.limit = limit
    selection.hasDatasets = album.datasets
    selection.hasEmbeddings = embeddings
    return selection
  }

  private func writeJSON(_ export: Store.Export, to file: ResultFile) throws {
    var list = ListWriter(file)
    try export.forEachEntry { entry, _ in try list.append(entry) }
    try list.end()
    try file.write("\n")
  }

  private func writeCSV(_ export: Store.Export, to file: ResultFile) throws {
    try file.write(csvLine(CSV.columns))
    try export.forEachEntry { entry, _ in try file.write(csvLine(CSV.cells(of: entry))) }
  }

  private func writeText(_ export: Store.Export, to file: ResultFile) throws {
    try export.forEachEntry { entry, _ in
      guard let path = entry.filePath else { return }
      for text in human ? entry.humanCaptions.map(\.text) : [entry.caption].compactMap({ $0 }) {
        // The path's own bytes, whether they are valid text or not.
        try file.write(Table.escaped(path.data) + Data("\t\(Table.escaped(text))\n".utf8))
      }
    }
  }

  private var emptyPage: GalleryPage {
    GalleryPage(
      folder: destination.output.map { FilePath($0).absolute.removingLastComponent() },
      thumbnailSide: thumbnailSize ?? 200, threads: ProcessInfo.processInfo.activeProcessorCount)
  }

  private func write(_ page: GalleryPage, to file: ResultFile) throws {
    let name = folder.flatMap { FilePath($0).absolute.lastComponent?.string }
    let missing = try page.write(
      title: title ?? name ?? "Photos", date: Date.now.formatted(.iso8601.year().month().day())
    ) { try file.write($0) }
    if missing > 0 { note("\(missing) of \(page.count) photos have no thumbnail") }
  }
}

// MARK: - COCO

extension ExportCommand {
  private func writeCOCO(_ export: Store.Export, to file: ResultFile) throws {
    let numbers = try PictureNumbers(export)
    try file.write("{\"images\":")
    var images = ListWriter(file)
    try export.forEachPicture { picture in
      try images.append(
        COCOImage(
          id: numbers.number(of: picture.id, picture.path),
          fileName: picture.path.map { String(decoding: $0) } ?? "", width: picture.width,
          height: picture.height))
    }
    try images.end()
    try file.write(",\"annotations\":")
    var annotations = ListWriter(file)
    var id = 0
    try export.forEachEntry { entry, picture in
      let number = numbers.number(of: picture, entry.filePath)
      for text in human ? entry.humanCaptions.map(\.text) : [entry.caption].compactMap({ $0 }) {
        id += 1
        try annotations.append(COCOAnnotation(id: id, imageID: number, caption: text))
      }
    }
    try annotations.end()
    try file.write("}\n")
  }

  private func writeCOCOResults(_ export: Store.Export, to file: ResultFile) throws {
    let numbers = try PictureNumbers(export)
    var list = ListWriter(file)
    try export.forEachEntry { entry, picture in
      guard let caption = entry.caption else { return }
      let number = numbers.number(of: picture, entry.filePath)
      try list.append(COCOAnnotation(id: nil, imageID: number, caption: caption))
    }
    try list.end()
    try file.write("\n")
  }
}

private struct COCOImage: Encodable {
  let id: Int64
  let fileName: String
  let width: Int
  let height: Int

  enum CodingKeys: String, CodingKey {
    case id, width, height
    case fileName = "file_name"
  }
}

private struct COCOAnnotation: Encodable {
  let id: Int?
  let imageID: Int64
  let caption: String

  enum CodingKeys: String, CodingKey {
    case id, caption
    case imageID = "image_id"
  }
}

/// How pictures are numbered: as in COCO, whose file names end in twelve digits, where all pictures
/// are so called and no two alike; else as in the store.
private struct PictureNumbers {
  private let areFromNames: Bool

  init(_ export: Store.Export) throws {
    var seen: Set<Int64> = []
    var areFromNames = true
    try export.forEachPicture { picture in
      guard areFromNames else { return }
      areFromNames =
        Self.numberInName(picture.path).map { seen.insert($0).inserted } ?? false
    }
    self.areFromNames = areFromNames
  }

  func number(of picture: Int64, _ path: FilePath?) -> Int64 {
    areFromNames ? Self.numberInName(path) ?? picture : picture
  }

  private static func numberInName(_ path: FilePath?) -> Int64? {
    guard let stem = path?.stem, stem.utf8.count >= 12 else { return nil }
    let digits = stem.utf8.suffix(12)
    guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int64(String(decoding: digits, as: UTF8.self))
  }
}

// MARK: - CSV

private enum CSV {
  static let columns = [
    "path", "path_base64", "content_hash", "width", "height", "captured_at", "camera_make",
    "camera_model", "latitude", "longitude", "caption", "confidence", "log_probability", "model",
    "model_hash", "decoding", "created_at", "words", "alternatives", "human_captions",
    "other_paths", "sentiment", "sentiment_probability",
  ]

  static func cells(of entry: CaptionExchange) throws -> [String] {
    let others = entry.files.map(\.path).filter { $0 != entry.path }
    func list(_ values: [some Encodable]) throws -> String {
      values.isEmpty ? "" : try jsonLine(values)
    }
    return [
      entry.path ?? "", entry.pathBytes?.base64EncodedString() ?? "",
      entry.contentHash?.description ?? "", entry.width.map(String.init) ?? "",
      entry.height.map(String.init) ?? "", entry.capturedAt ?? "",
      entry.cameraMake ?? "", entry.cameraModel ?? "", number(entry.latitude),
      number(entry.longitude), entry.caption ?? "", number(entry.confidence),
      number(entry.logProbability), entry.model?.name ?? "", entry.model?.hash.description ?? "",
      try entry.decoding?.text ?? "", entry.createdAt ?? "", try list(entry.words ?? []),
      try list(entry.alternatives ?? []), try list(entry.humanCaptions), try list(others),
      entry.sentiment?.label ?? "", number(entry.sentiment?.probability),
    ]
  }

  private static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
}

extension Table {
  /// As `escaped` of text, for bytes that need not be valid text.
  fileprivate static func escaped(_ bytes: Data) -> Data {
    var escaped = Data()
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\\"): escaped += Data(#"\\"#.utf8)
      case UInt8(ascii: "\t"): escaped += Data(#"\t"#.utf8)
      case UInt8(ascii: "\n"): escaped += Data(#"\n"#.utf8)
      case UInt8(ascii: "\r"): escaped += Data(#"\r"#.utf8)
      default: escaped.append(byte)
      }
    }
    return escaped
  }
}
