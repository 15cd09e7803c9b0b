import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

/// An option changes something, or is refused.
struct OptionEffectTests {
  private let caption: CommandLineTool

  init() throws { caption = try CommandLineTool() }

  /// Their effect is not to be seen from outside: the first changes only speed, the second what is
  /// left of a run that is cut off.
  private static let unseen: Set = ["--threads", "--checkpoint-every"]
  /// All commands have them, from the argument parser.
  private static let general: Set = ["--help", "--version"]

  @Test func `every option of every command has an example`() throws {
    let examples = Dictionary(grouping: OptionExamples.all, by: \.command)
      .mapValues { Set($0.flatMap(\.options).map(\.name)) }
    for command in try CommandHelp.all(of: caption) {
      let name = command.words.dropFirst().joined(separator: " ")
      let options = Set((command.arguments ?? []).flatMap(\.longNames))
        .subtracting(Self.general).subtracting(Self.unseen)
      let shown = examples[name] ?? []
      #expect(options.subtracting(shown) == [], "no example in “\(name)”")
      #expect(shown.subtracting(options) == [], "an example of no option in “\(name)”")
    }
  }

  /// On threads of its own: those of other tests must not wait for so many runs.
  @Test func `every option changes what comes of a run, or is refused`() throws {
    let inputs = try OptionInputs(caption)
    let found = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: OptionExamples.all.count) {
      [path = inputs.path] index in
      let result = Result { try faults(of: OptionExamples.all[index], path) }
      found.withLock {
        switch result {
        case .success(let faults): $0 += faults
        case .failure(let error): $0.append("\(error)")
        }
      }
    }
    withExtendedLifetime(inputs) {}
    #expect(found.withLock(\.self) == [])
  }

  /// What is wrong with the options of some examples, in sentences.
  private func faults(of examples: OptionExamples, _ inputs: String) throws -> [String] {
    let run = "caption \(examples.command) \(examples.base)"
    var faults: [String] = []
    let plain = try outcome(of: examples.base, examples, inputs)
    let again = try outcome(of: examples.base, examples, inputs)
    if let difference = plain.difference(from: again) {
      faults.append("\(run) comes to something else each time: \(difference)")
    }
    for option in examples.options {
      let found = try outcome(of: option.added(to: examples.base), examples, inputs)
      if option.isRefused {
        if found.status != 64 { faults.append("\(run) takes \(option.text)") }
      } else if found.status == 64 {
        faults.append("\(run) refuses \(option.text): \(found.errors)")
      } else if plain.difference(from: found) == nil {
        faults.append("\(option.text) changes nothing in \(run)")
      }
    }
    return faults
  }

  /// What can be seen of a run.
  private struct Outcome {
    var status: Int32
    var output: String
    var errors: String
    /// What is shown of the store afterwards, where that was asked for.
    var shown: String
    var files: [String: RunFile]

    /// What is first found to differ; nil where nothing does.
    func difference(from other: Outcome) -> String? {
      if status != other.status { return "status \(status), \(other.status)" }
      for (own, its) in [(output, other.output), (errors, other.errors), (shown, other.shown)]
      where own != its {
        return "\(own) – \(its)"
      }
      guard
        let name = Set(files.keys).union(other.files.keys).sorted().first(where: {
          files[$0] != other.files[$0]
        })
      else { return nil }
      let contents = [self, other].map { $0.files[name]?.contents ?? Data() }
      return "\(name): "
        + contents.map { String(decoding: $0.prefix(500), as: UTF8.self) }.joined(separator: " – ")
    }
  }

  private struct RunFile: Equatable {
    /// Nil for what was not written, and for what holds times among its bytes.
    let contents: Data?
    let isAsOldAsBefore: Bool
  }

  /// Runs a command in a copy of the inputs, which are in a folder.
  private func outcome(
    of arguments: String, _ examples: OptionExamples, _ inputs: String
  ) throws -> Outcome {
    let folder = try OptionInputs.copy(inputs)
    let path = folder.path + "/run"
    func run(_ arguments: String, input: String? = nil) throws -> CommandLineTool.Result {
      let words = arguments.replacing("@", with: inputs).split(separator: " ").map(String.init)
      let data = try input.map { try Data(contentsOf: URL(filePath: "\(path)/\($0)")) }
      return try caption.run(
        words, in: path, input: data,
        environment: [
          "CAPTION_STORE": path + "/captions.sqlite", "XDG_CACHE_HOME": path + "/cache",
        ]
      )
    }
    if let before = examples.before { _ = try run(before) }
    let result = try run("\(examples.command) \(arguments)", input: examples.input)
    let shown = try examples.then.map { try run($0) }
    return Outcome(
      status: result.status, output: Self.masked(result.output, path),
      errors: Self.masked(result.errors, path),
      shown: Self.masked((shown?.output ?? "") + (shown?.errors ?? ""), path),
      files: try files(in: path))
  }

  private func files(in folder: String) throws -> [String: RunFile] {
    let manager = FileManager.default
    var files: [String: RunFile] = [:]
    for name in try manager.subpathsOfDirectory(atPath: folder) {
      let path = "\(folder)/\(name)"
      let attributes = try manager.attributesOfItem(atPath: path)
      guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
      // Named by when and where they were written, or at random.
      let known = name.replacing(/[^\/]*tfevents[^\/]*/, with: "events")
        .replacing(/features-[0-9a-f]{16}/, with: "features")
      let holdsTimes =
        known.hasSuffix("/events")
        || [".sqlite", "-wal", "-shm", "checkpoint.safetensors", "/index"].contains {
          name.hasSuffix($0)
        }
      let isOld = attributes[.modificationDate] as? Date == OptionInputs.date
      files[known] = RunFile(
        contents: try isOld || holdsTimes ? nil : Self.contents(path, in: folder),
        isAsOldAsBefore: isOld)
    }
    return files
  }

  private static func contents(_ path: String, in folder: String) throws -> Data {
    let data = try Data(contentsOf: URL(filePath: path))
    return String(data: data, encoding: .utf8).map { Data(masked($0, folder).utf8) } ?? data
  }

  /// A text without times, and without what the run's folder is called.
  private static func masked(_ text: String, _ folder: String) -> String {
    var text = text.replacing(folder, with: "FOLDER")
    for (pattern, mask) in masks {
      text = text.replacingOccurrences(of: pattern, with: mask, options: .regularExpression)
    }
    return text
  }

  private static let masks = [
    (#"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\dZ+:]*"#, "TIME"),
    (#""milliseconds":\{[^}]*\}"#, "TIMES"),
    (#""modified_nanoseconds":\d+"#, "TIME"),
    (#""(seconds|time|elapsed|items_per_second)":[\d.e-]+"#, "TIME"),
    (#"(decode|encode|caption) [\d.]+(?=,| ms)"#, "TIME"),
    (#" in \d+:\d\d(:\d\d)?( \([\d.]+ photos a second\))?"#, " in TIME"),
    (#", [\d.]+ [a-z]+ a second"#, ""), (#", \d+:\d\d left"#, ""),
    (#"takes about \d+:\d\d"#, "takes TIME"),
  ]
}
