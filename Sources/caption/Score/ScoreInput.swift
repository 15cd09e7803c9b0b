import Datasets
import Foundation
import Language
import Metrics
import SystemPackage

/// Captions and what they are scored against, from COCO's files.
struct ScoreInput {
  struct Image {
    let id: COCOIdentifier
    let fileName: String?
    let caption: String
    let references: [String]
  }

  /// Those that have a caption, in the order of the references' file: the order in which
  /// pycocoevalcap adds up their scores.
  let images: [Image]
  /// Those that have a caption, but no references that count.
  private let unscored: [Image]
  /// What should be known of the files, in sentences.
  let notes: [String]

  /// - Throws: `DatasetError`, also where a caption's image has no references.
  init(references: FilePath, results: FilePath) throws {
    let truth = try COCOCaptions(path: references)
    let given = try COCOResults(path: results)
    let entries = given.entries
    func failure(_ place: Int, _ reason: String) -> DatasetError {
      .malformed(path: results.string, place: .value("[\(place)].image_id"), reason: reason)
    }
    let captions = truth.references
    var places: [COCOIdentifier: Int] = [:]
    for (place, entry) in entries.enumerated() { places[entry.imageID] = place }
    let marked = truth.annotations.filter { $0.mark != nil && places[$0.imageID] != nil }
    let markedImages = Set(marked.map(\.imageID))
    var images: [Image] = []
    var unscored: [Image] = []
    for image in truth.images {
      // An image that is listed twice counts once.
      guard let place = places.removeValue(forKey: image.id) else { continue }
      guard let written = captions[image.id] else {
        guard markedImages.contains(image.id) else {
          throw failure(place, "image \(image.id) has no caption in \(references)")
        }
        unscored.append(
          Image(
            id: image.id, fileName: image.fileName, caption: entries[place].caption,
            references: []))
        continue
      }
      images.append(
        Image(
          id: image.id, fileName: image.fileName, caption: entries[place].caption,
          references: written))
    }
    if let (id, place) = places.min(by: { $0.value < $1.value }) {
      throw failure(
        place,
        id.mismatch(with: Set(truth.images.map(\.id.kind)))
          ?? "image \(id) is not in \(references)")
    }
    guard !images.isEmpty || unscored.isEmpty else {
      throw DatasetError.malformed(
        path: references.string, place: .whole,
        reason: "all references of the results’ images are marked as precanned or rejected, and "
          + "none of them counts")
    }
    self.images = images
    self.unscored = unscored
    var notes = (truth.repairs + given.repairs).map(\.sentence)
    if !marked.isEmpty {
      let rejected = marked.count { $0.mark == .rejected }
      notes.append(
        "\(marked.count - rejected) precanned and \(rejected) rejected references do not count, as "
          + "in VizWiz’s evaluation")
    }
    if !unscored.isEmpty {
      let isOne = unscored.count == 1
      notes.append(
        counted(unscored.count, "image") + (isOne ? " has" : " have") + " no other references and "
          + (isOne ? "is" : "are") + " not scored")
    }
    self.notes = notes
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
  func index(of name: String) -> Int? { Self.index(of: name, in: images) }

  /// Whether the image with that number or file name has no references that count.
  func isUnscored(_ name: String) -> Bool { Self.index(of: name, in: unscored) != nil }

  private static func index(of name: String, in images: [Image]) -> Int? {
    images.firstIndex { "\($0.id)" == name }
      ?? images.firstIndex { $0.fileName == name }
      ?? images.firstIndex {
        $0.fileName.map { FilePath($0).lastComponent?.string == name } ?? false
      }
  }
}
