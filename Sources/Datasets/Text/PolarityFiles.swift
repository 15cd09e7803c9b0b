internal import Foundation
internal import SystemPackage

/// Two files of texts, `NAME.pos` and `NAME.neg`, as Pang and Lee's sentences from film reviews:
/// https://www.cs.cornell.edu/people/pabo/movie-review-data/rt-polarity.README.1.0.txt
struct PolarityFiles {
  let positive: FilePath
  let negative: FilePath

  private static let name = "rt-polarity"

  /// - Parameter path: one of the files, or the folder of `rt-polarity.pos` and `rt-polarity.neg`.
  init(path: FilePath) {
    let isFile = ["pos", "neg"].contains(path.extension?.lowercased())
    var stem = isFile ? path : path.appending(Self.name + ".pos")
    stem.extension = "pos"
    positive = path.extension == "pos" ? path : stem
    stem.extension = "neg"
    negative = path.extension == "neg" ? path : stem
  }

  static func isThere(in folder: FilePath) -> Bool {
    ["pos", "neg"].contains { (ending: String) in
      FileManager.default.fileExists(atPath: folder.appending("\(name).\(ending)").string)
    }
  }

  /// - Throws: `DatasetError`.
  func read(into collector: inout TextCollector) throws {
    for (path, label) in [(positive, "positive"), (negative, "negative")] {
      let file = try DatasetFile(windows1252At: path)
      collector.reportRepairs(of: file)
      try TextLines(file: file).read(into: &collector, label: label)
    }
  }
}
