package import Files
internal import Foundation

/// METEOR by the user's own copy of the METEOR 1.5 program, a Java archive with its data beside it,
/// spoken to as pycocoevalcap does (meteor/meteor.py): line by line on standard input and output.
package struct MeteorJar: Sendable {
  /// The archive's path.
  package let path: String
  /// The folders in which to look for the program `java`, with colons between them.
  private let searchPath: String
  /// How long the program may take in all, in seconds, before it is ended.
  private let timeLimit: Double

  /// - Parameters:
  ///   - path: the archive's path; nil for the one that METEOR_JAR in the environment names.
  ///   - environment: has PATH, too, in whose folders the program `java` is looked for.
  ///   - timeLimit: how long the program may take in all, in seconds, before it is ended.
  /// - Returns: nil where there is no path.
  package init?(
    path: String? = nil, environment: [String: String], timeLimit: Double = 600
  ) {
    guard let path = path ?? environment["METEOR_JAR"], !path.isEmpty else { return nil }
    self.path = path
    searchPath = environment["PATH"] ?? ""
    self.timeLimit = timeLimit
  }

  /// Scores a corpus. The scores are the program's own; those of other sets of images are computed
  /// from its counts.
  ///
  /// - Throws: `MeteorJarError`.
  package func scores(of corpus: CaptionCorpus) throws -> MetricScores {
    let program = try MeteorProgram(
      archive: path, searchPath: searchPath, timeLimit: timeLimit)
    defer { program.end() }
    let requests = (0..<corpus.count).map { image in
      Self.request(corpus.candidates[image], corpus.references[image])
    }
    let statistics = try program.answers(to: requests, count: corpus.count)
    let counts = try statistics.map { line in
      guard let counts = MeteorCounts(statistics: line) else { throw program.unexpected(line) }
      return counts
    }
    let evaluation = "EVAL" + statistics.map { " ||| " + $0 }.joined()
    let scores = try program.answers(to: [evaluation], count: corpus.count + 1).map { line in
      guard let score = Double(line), score.isFinite else { throw program.unexpected(line) }
      return score
    }
    return MetricScores(
      metrics: [.meteor], corpus: [scores[corpus.count]], perImage: [Array(scores.dropLast())],
      statistics: .meteor(counts))
  }

  /// A request to compare a caption with references. What would end a line or a field is left out.
  private static func request(_ candidate: String, _ references: [String]) -> String {
    let fields = (references + [candidate]).map { text in
      text.replacing("|||", with: "").split(whereSeparator: \.isNewline).joined(separator: " ")
    }
    return "SCORE ||| " + fields.joined(separator: " ||| ")
  }
}

/// Why METEOR gives no scores.
package enum MeteorJarError: Failure, Equatable {
  case noArchive(path: String)
  /// There is no program `java` in any folder of PATH.
  case noJava
  case notStarted(path: String, reason: String)
  /// It ended before it had answered everything; `message` is the end of what it said.
  case ended(path: String, message: String)
  case timedOut(path: String, seconds: Double)
  /// An answer is not what METEOR 1.5 would answer.
  case unexpected(path: String, answer: String)

  package var parts: FailureParts {
    switch self {
    case .noArchive(let path): .init(.noInput, path, "there is no such METEOR archive")
    case .noJava:
      .init(.noInput, "METEOR needs the program “java”, which is in none of the folders of PATH")
    case .notStarted(let path, let reason):
      .init(.internalFault, path, "METEOR cannot be started: \(reason)")
    case .ended(let path, let message):
      .init(
        .internalFault, path,
        "METEOR ended too early" + (message.isEmpty ? "" : ": \(message)"))
    case .timedOut(let path, let seconds):
      .init(
        .internalFault, path,
        "METEOR has not answered within \(String(format: "%g", seconds)) seconds")
    case .unexpected(let path, let answer):
      .init(
        .internalFault, path,
        "METEOR answered “\(answer.prefix(60))”, which are not the numbers of METEOR 1.5")
    }
  }
}

extension MeteorCounts {
  /// The counts that METEOR 1.5 answers a request with, 23 numbers; nil where `statistics` is
  /// something else.
  package init?(statistics: String) {
    let fields = statistics.split(separator: " ")
    let numbers = fields.compactMap { Double($0).flatMap { Int(exactly: $0) } }
    guard fields.count == 23, numbers.count == 23,
      numbers.allSatisfy({ (0...CaptionCorpus.maximumWords).contains($0) })
    else { return nil }
    self.init()
    (candidate.words, reference.words) = (numbers[0], numbers[1])
    (candidate.functionWords, reference.functionWords) = (numbers[2], numbers[3])
    for kind in 0..<4 {
      let first = 4 + 4 * kind
      (candidate.content[kind], reference.content[kind]) = (numbers[first], numbers[first + 1])
      (candidate.function[kind], reference.function[kind]) = (
        numbers[first + 2], numbers[first + 3]
      )
    }
    chunks = numbers[20]
    (candidate.matches, reference.matches) = (numbers[21], numbers[22])
  }
}
