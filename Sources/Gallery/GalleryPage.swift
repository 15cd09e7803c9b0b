internal import Algorithms
internal import Files
package import Foundation
package import Store
package import SystemPackage

/// A page that shows photos and their captions: one HTML file that needs no other, nor a network.
///
/// What is shown is data, never markup: it stands in the page as JSON in which `<` is escaped, and
/// scripts put it into the page as text. A content security policy allows the page's own style and
/// script by their hashes and nothing else, not even a request.
package struct GalleryPage {
  /// How many thumbnails stand together; a browser unpacks them when it shows one of them.
  private static let blockCount = 48

  private let longSide: Int
  private let threads: Int
  private let folder: FilePath?
  private var photos: [Photo] = []
  private var files: [[FilePath]] = []
  private var models: [Model] = []
  private var modelIndices: [ContentHash: Int] = [:]

  /// - Parameters:
  ///   - folder: where the page will stand: photos in it or below it are linked to by relative
  ///     paths, so that the folder can move. Nil to link to all by absolute paths.
  ///   - thumbnailSide: the longer side of thumbnails, in pixels.
  package init(folder: FilePath?, thumbnailSide: Int, threads: Int) {
    self.folder = folder?.absolute
    longSide = thumbnailSide
    self.threads = threads
  }

  /// How many photos there are.
  package var count: Int { photos.count }

  /// Adds a caption; several of one picture that follow one another are shown as one photo.
  package mutating func add(_ entry: CaptionExchange) {
    if photos.last?.hash != entry.contentHash {
      photos.append(Photo(entry, url: entry.filePath.map(url)))
      // The path that is shown before the others, which may lie outside the folder in question.
      let others = entry.files.compactMap(\.filePath).filter { $0 != entry.filePath }
      files.append((entry.filePath.map { [$0] } ?? []) + others)
    }
    guard let caption = entry.caption, let model = entry.model else { return }
    let index = modelIndices[model.hash] ?? models.count
    if index == models.count {
      models.append(Model(name: model.name, hash: model.hash))
      modelIndices[model.hash] = index
    }
    photos[photos.count - 1].captions.append(
      Photo.Caption(
        text: caption, confidence: entry.confidence, model: index, createdAt: entry.createdAt,
        alternatives: (entry.alternatives ?? []).map(\.caption)))
  }

  /// Writes the page piece by piece, first what people wait for: the thumbnails come last.
  ///
  /// - Parameters:
  ///   - title: of the page.
  ///   - date: when the page was made, as `2026-01-31`.
  /// - Returns: how many photos have no thumbnail.
  /// - Throws: what `write` throws.
  package func write(title: String, date: String, to write: (Data) throws -> Void) throws -> Int {
    let style = PageTemplate.resource(PackageResources.page_css)
    let script = PageTemplate.resource(PackageResources.page_js)
    let data = try Self.json(
      Page(
        title: title, date: date, thumbnailSide: longSide, blockCount: Self.blockCount,
        models: models, photos: photos))
    let policy = PageTemplate.policy(style: style, script: script, images: "'self' data: file:")
    var missing = 0
    try PageTemplate(PageTemplate.resource(PackageResources.page_html)).write(to: write) { place in
      switch place {
      case "policy": try write(Data(policy.utf8))
      case "title": try write(Data(PageTemplate.escaped(title).utf8))
      case "style": try write(Data(style.utf8))
      case "data": try write(Data(data.utf8))
      case "thumbnails": missing = try writeThumbnails(write)
      case "script": try write(Data(script.utf8))
      default: preconditionFailure("the page has a place “\(place)”")
      }
    }
    return missing
  }

  private func writeThumbnails(_ write: (Data) throws -> Void) throws -> Int {
    var missing = 0
    for (number, block) in files.chunks(ofCount: Self.blockCount).enumerated() {
      let thumbnails = Thumbnail.all(of: Array(block), longSide: longSide, threads: threads)
      let entries = thumbnails.map { result -> ThumbnailEntry in
        switch result {
        case .success(let data): return ThumbnailEntry(webp: data.base64EncodedString())
        case .failure(let failure):
          missing += 1
          return ThumbnailEntry(failure: failure.reason)
        }
      }
      let id = "thumbnails-\(number)"
      let json = try Self.json(entries)
      try write(Data("<script type=\"application/json\" id=\"\(id)\">\(json)</script>\n".utf8))
    }
    return missing
  }

  /// - Parameter path: absolute.
  private func url(of path: FilePath) -> String {
    var relative = path
    if let folder, relative.removePrefix(folder) {
      // Else a colon in the first component would look like the end of a scheme.
      return "./" + Self.percentEncoded(relative)
    }
    return "file://" + Self.percentEncoded(path)
  }

  /// The path's bytes as RFC 3986 writes them in a URL.
  private static func percentEncoded(_ path: FilePath) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    for byte in path.data {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
        text.append(byte)
      default: text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// JSON that may stand in a script element: no `<` can end it or open a comment in it.
  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
      .replacingOccurrences(of: "<", with: #"\u003c"#)
  }
}

/// What the page's script reads.
private struct Page: Encodable {
  let title: String
  let date: String
  let thumbnailSide: Int
  let blockCount: Int
  let models: [Model]
  let photos: [Photo]
}

private struct Model: Encodable {
  let name: String
  let hash: ContentHash
}

private struct Photo: Encodable {
  struct Caption: Encodable {
    let text: String
    let confidence: Double?
    /// Its place among the page's models.
    let model: Int
    let createdAt: String?
    let alternatives: [String]
  }

  struct Human: Encodable {
    let text: String
    let source: String
  }

  let hash: ContentHash?
  let path: String?
  let url: String?
  let width: Int?
  let height: Int?
  let format: String?
  let byteCount: Int?
  let takenAt: String?
  let camera: String?
  let place: [Double]?
  var captions: [Caption] = []
  let humans: [Human]

  init(_ entry: CaptionExchange, url: String?) {
    hash = entry.contentHash
    path = entry.path
    self.url = url
    (width, height) = (entry.width, entry.height)
    format = entry.format
    byteCount = entry.byteCount
    takenAt = entry.capturedAt
    // Many cameras repeat their maker's name in that of the model.
    let (make, model) = (entry.cameraMake ?? "", entry.cameraModel ?? "")
    let camera = model.lowercased().hasPrefix(make.lowercased()) ? model : "\(make) \(model)"
    self.camera = camera.isEmpty ? nil : camera
    place = entry.latitude.flatMap { latitude in entry.longitude.map { [latitude, $0] } }
    humans = entry.humanCaptions.map {
      Human(text: $0.text, source: $0.source ?? HumanCaption.Source.imported.rawValue)
    }
  }
}

private struct ThumbnailEntry: Encodable {
  var webp: String?
  var failure: String?
}
