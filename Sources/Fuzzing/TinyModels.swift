internal import Foundation

/// Folders of two small models in the place to work in: a captioner and a classifier of sentiments,
/// whose files are written over by those to be tried.
struct TinyModels {
  let captioner: String
  let sentiment: String
  private static let files = ["config.json", "vocabulary.txt", "model.safetensors"]

  /// - Throws: Foundation's error.
  init(_ place: FuzzPlace) throws {
    captioner = place.scratch + "/captioner"
    sentiment = place.scratch + "/sentiment"
    for name in ["captioner", "sentiment"] {
      try FileManager.default.createDirectory(
        atPath: place.scratch + "/" + name, withIntermediateDirectories: true)
      for file in Self.files {
        let bytes = try place.reference("models/\(name)/\(file)")
        try Data(bytes).write(to: URL(filePath: "\(place.scratch)/\(name)/\(file)"))
      }
    }
  }
}
