import ArgumentParser
import Batch
import Datasets
import Files
import Foundation
import Imaging
import Store
import Synchronization
import SystemPackage

/// `caption dataset check`: what is wrong with a dataset.
struct DatasetCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look for what is wrong with a dataset’s files and photos.",
    discussion: """
      It prints severity, kind, place and detail of everything that was found when the dataset was \
      imported, with the captions in question, and then of its photos, all of which are read: missing, corrupt and grey ones, the \
      same file twice, and photos of two splits that look alike.

      The exit status is 65 where something spoils an evaluation: photos that are missing or \
      corrupt, or the same in two splits. Photos that only look alike are worth a look.

      EXAMPLES:
        caption dataset check flickr8k
        caption dataset check flickr8k --json | jq -r 'select(.severity == "spoiling") | .where'
      """)

  @Argument(help: "The dataset.")
  var name: String

  @OptionGroup private var execution: ThreadOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var progress: ProgressOptions

  func run() throws {
    let (items, problems) = try store.with(.read) { store in
      (try store.datasetItems(of: name, split: nil), try store.datasetProblems(of: name))
    }
    var findings = problems.map { Finding($0) }
    let looks = try look(at: items)
    if items.allSatisfy({ $0.path == nil }) {
      findings.append(
        Finding(
          DatasetProblem(
            .missingPhoto, at: DatasetOrigin(file: name, place: .whole),
            "no photo was found when it was imported; import it again with --images and --replace"
          )))
    } else {
      var check = PhotoCheck()
      for (item, look) in zip(items, looks) {
        check.add(
          PhotoCheck.Photo(
            name: item.name, split: item.split,
            origin: DatasetOrigin(
              file: item.path.map { String(decoding: $0) } ?? item.name, place: .whole),
            look: look.photo))
      }
      findings += check.findings().map { Finding($0) }
    }
    try output.print(columns: ["severity", "kind", "where", "detail"], rows: findings) {
      [$0.severity, $0.kind, $0.place, $0.detail]
    }
    let spoiling = findings.count { $0.severity == DatasetProblem.Severity.spoiling.word }
    if !progress.quiet {
      note(
        counted(items.count, "photo") + ": " + counted(findings.count, "finding")
          + ", \(spoiling) that \(spoiling == 1 ? "spoils" : "spoil") evaluations")
    }
    try link(items, looks)
    if spoiling > 0 { throw ExitCode(65) }
  }

  private struct Look: Sendable {
    let photo: PhotoCheck.Look
    let identity: PhotoIdentity?
  }

  /// Reads all photos, several at a time.
  ///
  /// - Throws: `ExitCode` after an interruption.
  private func look(at items: [DatasetItem]) throws -> [Look] {
    let interruption = Interruption(isQuiet: false, "stopping")
    defer { interruption.end() }
    var bar = Progress(total: items.count, style: progress.style, isQuiet: progress.quiet)
    defer { bar.finish() }
    let rest = Mutex(items[...])
    let flag = interruption.flag
    let looks = try withOrderedMap(threads: execution.threads) {
      flag.isRaised ? nil : rest.withLock { $0.popFirst() }
    } _: {
      Self.look(at: $0)
    } _: { results in
      var looks: [Look] = []
      while let look = try results.next() {
        looks.append(look)
        var isFailed = true
        if case .seen = look.photo { isFailed = false }
        bar.advance(by: 1, worked: 1, failed: isFailed ? 1 : 0)
      }
      return looks
    }
    if let status = interruption.exitStatus { throw ExitCode(status) }
    return looks
  }

  private static func look(at item: DatasetItem) -> Look {
    guard let path = item.path else { return Look(photo: .missing, identity: nil) }
    let name = path.string
    do {
      let bytes = try PhotoFile(at: path).bytes
      let identity = PhotoIdentity(of: bytes)
      do {
        let traits = try PhotoTraits(bytes: bytes, name: name)
        return Look(
          photo: .seen(traits, content: identity.content.description), identity: identity)
      } catch {
        return Look(
          photo: .failed(reason: PhotoFailure(error, of: name).reason), identity: identity)
      }
    } catch {
      let failure = PhotoFailure(error, of: name)
      if case .missing? = error as? ImagingError { return Look(photo: .missing, identity: nil) }
      return Look(photo: .failed(reason: failure.reason), identity: nil)
    }
  }

  /// Enters which pictures the photos are, where the store can be written.
  private func link(_ items: [DatasetItem], _ looks: [Look]) throws {
    let photos = zip(items, looks).compactMap { item, look in
      look.identity.map { (item: item.id, photo: $0) }
    }
    do {
      try store.with(.write) { try $0.linkDatasetItems(photos) }
    } catch StoreError.readOnly {
      // Nothing that was found depends on it.
    } catch StoreError.unreadable {
    }
  }

  private struct Finding: Encodable {
    let severity: String
    let kind: String
    let place: String
    let detail: String

    enum CodingKeys: String, CodingKey {
      case severity, kind, detail
      case place = "where"
    }

    init(_ problem: DatasetProblem) {
      self.init(DatasetProblemRecord(problem))
    }

    init(_ record: DatasetProblemRecord) {
      severity = (DatasetProblem.Kind(rawValue: record.kind)?.severity ?? .problem).word
      kind = record.kind
      place = record.place.isEmpty ? record.file : "\(record.file): \(record.place)"
      detail = record.detail
    }
  }
}

extension DatasetProblem.Severity {
  fileprivate var word: String {
    switch self {
    case .remark: "remark"
    case .problem: "problem"
    case .spoiling: "spoiling"
    }
  }
}
