import Files
import Foundation
import Store
import SystemPackage
import TestSupport
import Testing

/// Signals to commands that take long: one ends them in order, a second one at once.
@Suite(.serialized) final class InterruptionTests: PhotoCommandTests {
  private func path(_ name: String) -> String { folder.path + "/" + name }

  private var environment: [String: String] { ["CAPTION_STORE": path("captions.sqlite")] }

  private func start(_ arguments: [String]) throws -> CommandLineTool.Running {
    try caption.start(arguments, environment: environment)
  }

  /// Photos with a caption beside each.
  private func describe(_ count: Int) throws {
    try photos.fill(count)
    for (index, name) in photos.names.enumerated() {
      try Data("A picture of the number \(index).\n".utf8).write(to: URL(filePath: name + ".txt"))
    }
  }

  private func importPhotos(_ count: Int) throws {
    try describe(count)
    let result = try caption.run(
      ["dataset", "import", "numbers", "--format", "folder", photos.path, "--split", "val"],
      environment: environment)
    #expect(result.status == 0, "\(result.errors)")
  }

  /// Sends a signal once something has been said, and waits for the end.
  private func interrupt(
    _ arguments: [String], _ number: Int32, after sign: String
  ) throws -> CommandLineTool.Result {
    let running = try start(arguments)
    let isUnderWay = running.wait { running.errorsSoFar.contains(sign) }
    #expect(isUnderWay, "\(running.errorsSoFar)\(running.outputSoFar)")
    running.signal(number)
    let isOver = running.wait { !running.isRunning }
    #expect(isOver, "it is deaf: \(running.errorsSoFar)")
    if !isOver { running.signal(SIGKILL) }
    return try running.wait()
  }

  private static let signals: [(number: Int32, status: Int32)] = [(SIGINT, 130), (SIGTERM, 143)]

  private func training(steps: Int) -> [String] {
    [
      "train", "--dataset", photos.path, "--split", "all", "--output", path("model"),
      "--features", path("features"), "--steps", "\(steps)", "--batch", "8", "--threads", "1",
      "--embedding", "16", "--hidden", "16", "--attention", "8", "--minimum-count", "1",
      "--progress", "plain",
    ]
  }

  @Test(arguments: signals)
  func `training finishes its step, and goes on from there`(number: Int32, status: Int32) throws {
    try describe(12)
    let result = try interrupt(training(steps: 1_000_000), number, after: "step ")
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains("finishing the step"))
    #expect(result.errors.contains("the same command with --resume goes on from here"))
    #expect(FileManager.default.fileExists(atPath: path("model/checkpoint.safetensors")))
    let again = try interrupt(
      training(steps: 1_000_000) + ["--resume"], number, after: "going on after step")
    #expect(again.status == status, "\(again.errors)")
  }

  @Test(arguments: signals)
  func `what an encoder saw before training is kept`(number: Int32, status: Int32) throws {
    try describe(200)
    let result = try interrupt(training(steps: 1), number, after: "photos, ")
    #expect(result.status == status, "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: path("model/checkpoint.safetensors")))
  }

  @Test(arguments: signals)
  func `a check ends at once`(number: Int32, status: Int32) throws {
    try describe(12)
    let result = try interrupt(
      [
        "train", "check", "--dataset", photos.path, "--split", "all", "--features",
        path("features"), "--rate", "1e-9", "--steps", "1000000", "--threads", "1", "--hidden",
        "16", "--progress", "plain",
      ], number, after: "step ")
    #expect(result.status == status && result.output.isEmpty, "\(result.errors)")
  }

  private func pretraining(batch: Int) throws -> [String] {
    let texts = (0..<4_000).map { "the film number \($0) is a good film and not a bad one\n" }
    try Data(texts.joined().utf8).write(to: URL(filePath: path("texts.txt")))
    return [
      "sentiment", "pretrain", path("texts.txt"), "--output", path("language"), "--steps",
      "1000000", "--batch", "\(batch)", "--threads", "1", "--progress", "plain", "--hidden",
    ]
  }

  @Test(arguments: signals)
  func `pretraining finishes its step`(number: Int32, status: Int32) throws {
    let result = try interrupt(try pretraining(batch: 1) + ["8"], number, after: "step ")
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains("--resume goes on from here"))
  }

  @Test func `a second signal ends the program at once`() throws {
    // A step of this takes far longer than the test.
    let running = try start(try pretraining(batch: 512) + ["1024"])
    #expect(running.wait { running.errorsSoFar.contains("words to read") })
    Thread.sleep(forTimeInterval: 1)
    running.signal(SIGINT)
    #expect(running.wait { running.errorsSoFar.contains("once more stops at once") })
    let start = ContinuousClock.now
    running.signal(SIGINT)
    let result = try running.wait()
    #expect(result.status == 130)
    #expect(ContinuousClock.now - start < .seconds(2))
    #expect(!result.errors.contains("goes on from here"))
  }

  enum LongWork: CaseIterable {
    case training, evaluation, calibration, datasetCheck, batch
  }

  @Test(arguments: LongWork.allCases)
  func `two signals end everything that takes long`(work: LongWork) throws {
    try work == .training ? describe(12) : importPhotos(500)
    let model = try BundledModelCopy { _ in }
    let slowly = ["--threads", "1", "--progress", "plain"]
    let (arguments, sign): ([String], String) =
      switch work {
      case .training: (training(steps: 1_000_000), "step ")
      case .evaluation: (["evaluate", "--dataset", "numbers", "--split", "val"] + slowly, "/500")
      case .calibration:
        (["model", "calibrate", model.path, "--dataset", "numbers"] + slowly, "/500")
      case .datasetCheck: (["dataset", "check", "numbers"] + slowly, "/500")
      case .batch: (["batch", photos.path] + slowly, "/500")
      }
    let running = try start(arguments)
    #expect(running.wait { running.errorsSoFar.contains(sign) }, "\(running.errorsSoFar)")
    let start = ContinuousClock.now
    running.signal(SIGINT)
    Thread.sleep(forTimeInterval: 0.02)
    running.signal(SIGINT)
    #expect(running.wait { !running.isRunning }, "it is deaf: \(running.errorsSoFar)")
    #expect(try running.wait().status == 130)
    #expect(ContinuousClock.now - start < .seconds(3))
    let store = path("captions.sqlite")
    if FileManager.default.fileExists(atPath: store) {
      #expect(try caption.run(["store", "check", "--store", store]).status == 0)
    }
  }

  @Test(arguments: signals)
  func `training of a classifier finishes its step`(number: Int32, status: Int32) throws {
    let rows = (0..<200).map { "the film number \($0) is \($0 % 2 == 0 ? "good\t1" : "bad\t0")\n" }
    try Data(("sentence\tlabel\n" + rows.joined()).utf8).write(to: URL(filePath: path("t.tsv")))
    let result = try interrupt(
      [
        "sentiment", "train", path("t.tsv"), "--output", path("classifier"), "--steps", "1000000",
        "--threads", "1", "--hidden", "8", "--embedding", "8", "--progress", "plain",
      ], number, after: "step ")
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains("--resume goes on from here"))
  }

  @Test(arguments: signals)
  func `an evaluation goes on where it was`(number: Int32, status: Int32) throws {
    try importPhotos(200)
    let evaluation = [
      "evaluate", "--dataset", "numbers", "--split", "val", "--threads", "1", "--beam", "1",
    ]
    let result = try interrupt(evaluation + ["--progress", "plain"], number, after: "/200")
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains("the same command goes on from here"))
    let rest = try caption.run(evaluation, environment: environment)
    #expect(rest.status == 0, "\(rest.errors)")
  }

  @Test(arguments: signals)
  func `a calibration writes nothing`(number: Int32, status: Int32) throws {
    try importPhotos(400)
    let model = try BundledModelCopy { _ in }
    let configuration = try Data(contentsOf: URL(filePath: model.path + "/config.json"))
    let result = try interrupt(
      [
        "model", "calibrate", model.path, "--dataset", "numbers", "--threads", "1", "--progress",
        "plain",
      ], number, after: "/400")
    #expect(result.status == status, "\(result.errors)")
    #expect(try Data(contentsOf: URL(filePath: model.path + "/config.json")) == configuration)
  }

  @Test(arguments: signals)
  func `a check of a dataset stops`(number: Int32, status: Int32) throws {
    try importPhotos(300)
    let result = try interrupt(
      ["dataset", "check", "numbers", "--threads", "1", "--progress", "plain"], number,
      after: "/300")
    #expect(result.status == status && result.output.isEmpty, "\(result.errors)")
  }

  @Test(arguments: signals)
  func `a page that is not complete leaves nothing behind`(number: Int32, status: Int32) throws {
    let store = try Store(path: FilePath(path("captions.sqlite")), for: .create)
    let sample = projectFolder.appending(path: "data/samples/china.jpg").path
    for index in 0..<1_000 {
      let link = FilePath(path("\(index).jpg"))
      try FileManager.default.createSymbolicLink(
        atPath: link.string, withDestinationPath: sample)
      let photo = PhotoRecord(
        identity: PhotoIdentity(content: ContentHash(of: Array("\(index)".utf8))), byteCount: 9,
        format: "JPEG", width: 640, height: 427)
      try store.note("A temple.", about: photo, at: link, try #require(FileState(of: link)))
    }
    try store.close()
    try FileManager.default.createDirectory(
      atPath: path("page"), withIntermediateDirectories: false)
    func written() -> [String] {
      (try? FileManager.default.contentsOfDirectory(atPath: path("page"))) ?? []
    }
    let running = try start([
      "export", "--format", "html", "--thumbnail-size", "640", "--output", path("page/page.html"),
    ])
    #expect(running.wait { !written().isEmpty })
    running.signal(number)
    #expect(try running.wait().status == status)
    #expect(written() == [])
  }

  /// As a shell does with what a script starts in the background.
  @Test func `a command that was born deaf hears all the same`() throws {
    try photos.fill(100)
    let script = """
      "$0" batch --threads 1 --store "$1" "$2" > "$3" & pid=$!
      while ! test -s "$3" && kill -0 $pid; do sleep 0.05; done
      kill -INT $pid; wait $pid
      """
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c", script, caption.executable.path, path("captions.sqlite"), photos.path, path("out"),
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
  }
}
