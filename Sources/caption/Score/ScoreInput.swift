import Datasets
import Foundation
import Language
import Metrics
import SystemPackage

/// Captions and what they are scored against, from COCO's files.
struct ScoreInput {
  struct Image {
    let id: Int64
    let fileName: String?
    let caption: String
    let references: [String]
  }

  /// Those that have a caption, in the order of the references' file: the order in which
  /// pycocoevalcap adds up their scores.
  let images: [Image]

  /// - Throws: `DatasetError`, also where a caption's image has no references.
  init(references: FilePath, results: FilePath) throws {
    let truth = try COCOCaptions(path: references)
    let results = (path: results, entries: try COCOResults(path: results).entries)
    let captions = truth.references
    var places: [Int64: Int] = [:]
    for (place, entry) in results.entries.enumerated() { places[entry.imageID] = place }
    var images: [Image] = []
    for image in truth.images {
      // An image that is listed twice counts once.
      guard let place = places.removeValue(forKey: image.id) else { continue }
      guard let written = captions[image.id] else {
        throw Self.failure(results.path, place, "image \(image.id) has no caption in \(references)")
      }
      images.append(
        Image(
          id: image.id, fileName: image.fileName, caption: results.entries[place].caption,
          references: written))
    }
    if let (id, place) = places.min(by: { $0.value < $1.value }) {
      throw Self.failure(results.path, place, "image \(id) is not in \(references)")
    }
    self.images = images
  }

  private static func failure(_ path: FilePath, _ place: Int, _ reason: String) -> DatasetError {
    .malformed(path: path.string, place: .value("[\(place)].image_id"), reason: reason)
  }

  /// - Throws: `MetricsError`.
  func corpus(threads: Int) throws -> CaptionCorpus {
    try CaptionCorpus(
      raw: images.map(\.caption), references: images.map(\.references), threads: threads)
  }

  /// How many captions and references have line ends inside, a line feed aside, at which the COCO
  /// evaluation loses count.
  var brokenCaptions: Int {
    images.reduce(0) { sum, image in
      sum + ([image.caption] + image.references).count(where: PTBTokenizer.containsLineSeparator)
    }
  }

  /// The place of the image with that number or file name; nil where there is none.
  func index(of name: String) -> Int? {
    images.firstIndex { "\($0.id)" == name }
      ?? images.firstIndex { $0.fileName == name }
      ?? images.firstIndex {
        $0.fileName.map { FilePath($0).lastComponent?.string == name } ?? false
      }
  }
}
