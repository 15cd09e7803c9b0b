import Files
import Foundation
import NeuralNet
import SystemPackage
import Tensors
import TestSupport
import Testing
import Training

/// A layer that learns to halve what it reads, from numbers drawn at each step.
private struct Halving: TrainingTask {
  struct State: Codable, Sendable {
    var order: ShuffledOrder
    var optimizerSteps: Int
  }

  var layer = Linear(weight: Tensor([1, 1], [3]), bias: nil)
  var optimizer = Optimizer(.adam())
  var order = ShuffledOrder(count: 5, seed: 1)
  /// The step that is to go wrong.
  var failure: Int?

  var state: State { State(order: order, optimizerSteps: optimizer.steps) }
  var tensors: [String: [String: Tensor]] {
    ["model": layer.tensors, "optimizer": optimizer.tensors]
  }

  mutating func restore(_ state: State, _ weights: (String) -> WeightReader) throws {
    try layer.load(weights("model"))
    try optimizer.restore(weights("optimizer"), steps: state.optimizerSteps, for: layer)
    order = state.order
  }

  mutating func step(_ index: Int, rate: Float) throws -> StepReport {
    if index == failure { throw TrainingError.diverged(step: index + 1, what: "the loss") }
    let input = Tensor([1, 1], [Float(order.next())])
    let error = layer(input).elements[0] - input.elements[0] / 2
    var gradients = layer.zeros()
    layer.addGradients(Tensor([1, 1], [2 * error]), input: input, to: &gradients)
    optimizer.update(&layer, gradients, rate: rate)
    return StepReport(
      loss: Double(error * error), parts: ["square": Double(error * error)],
      gradientNorm: gradients.norm(), items: 1)
  }

  var isMeasured = true

  func validate() throws -> [ValidationScore] {
    [ValidationScore("closeness", -abs(Double(layer.weight.elements[0]) - 0.5))]
  }

  func writeModel(to folder: String, _ scores: [ValidationScore]) throws {
    try writeSafetensors(layer.tensors, to: folder + "/model.safetensors")
  }
}

@Suite struct TrainingRunTests {
  private func options(_ steps: Int) -> TrainingRun<Halving>.Options {
    var options = TrainingRun<Halving>.Options(
      steps: steps,
      schedule: LearningRateSchedule(peak: 0.1, warmUp: 3, decay: .cosine(steps: steps)),
      validationInterval: 10, checkpointInterval: 4)
    options.logInterval = 1
    return options
  }

  private func run(
    _ folder: String, steps: Int = 40, resumes: Bool = false, _ task: Halving = Halving()
  ) throws -> TrainingRun<Halving> {
    try TrainingRun(
      task, options(steps), folder: folder, resumes: resumes, fingerprint: "halving \(steps)")
  }

  private func losses(_ folder: String) throws -> [Double?] {
    try TrainingLog.read(path: folder + "/log.ndjson").filter { $0.event == "step" }.map(\.loss)
  }

  @Test func `a task learns, and its best model is kept`() throws {
    let folder = try TemporaryFolder()
    var run = try run(folder.path, steps: 200)
    var validations = 0
    try run.run(observe: { if case .validation = $0 { validations += 1 } })
    #expect(run.isFinished && validations == 20)
    let model = try SafetensorsFile(path: folder.path + "/model.safetensors")
    #expect(abs(try model.tensor("weight").elements[0] - 0.5) < 0.02)
    let entries = try TrainingLog.read(path: folder.path + "/log.ndjson")
    #expect(entries.filter { $0.event == "step" }.count == 200)
    #expect(entries.filter { $0.event == "validation" }.last?.scores?["closeness"] ?? -1 > -0.1)
  }

  @Test(arguments: [1, 7, 8, 23])
  func `an interrupted run makes the same steps`(stop: Int) throws {
    let (whole, parts) = (try TemporaryFolder(), try TemporaryFolder())
    var reference = try run(whole.path)
    try reference.run()
    var first = try run(parts.path)
    var made = 0
    try first.run {
      made == stop
    } observe: { event in
      if case .step = event { made += 1 }
    }
    #expect(first.step == stop)
    var second = try run(parts.path, resumes: true)
    #expect(second.step == stop)
    try second.run()
    #expect(try losses(parts.path) == losses(whole.path))
    #expect(second.task.layer.weight == reference.task.layer.weight)
  }

  @Test(arguments: [9, 10, 17, 30])
  func `the rate falls at plateaus as if never interrupted`(stop: Int) throws {
    var options = options(40)
    options.schedule = LearningRateSchedule(
      peak: 0.8, warmUp: 3, decay: .plateau(PlateauSchedule(patience: 2, factor: 0.5)))
    options.validationInterval = 2
    func run(_ folder: String) throws -> TrainingRun<Halving> {
      try TrainingRun(
        Halving(), options, folder: folder, resumes: true, fingerprint: "halving at plateaus")
    }
    func entries(_ folder: String) throws -> [[Double?]] {
      try TrainingLog.read(path: folder + "/log.ndjson").map { [$0.loss, $0.rate] }
    }
    let (whole, parts) = (try TemporaryFolder(), try TemporaryFolder())
    var reference = try run(whole.path)
    var falls: [Float] = []
    try reference.run(observe: { if case .rateFall(let rate) = $0 { falls.append(rate) } })
    #expect(falls.prefix(3) == [0.4, 0.2, 0.1])
    var first = try run(parts.path)
    var made = 0
    try first.run {
      made == stop
    } observe: { event in
      if case .step = event { made += 1 }
    }
    var second = try run(parts.path)
    try second.run()
    #expect(try entries(parts.path) == entries(whole.path))
    #expect(second.task.layer.weight == reference.task.layer.weight)
  }

  @Test func `plateaus cannot be seen without validation`() throws {
    let folder = try TemporaryFolder()
    var options = options(40)
    options.schedule.decay = .plateau(PlateauSchedule(patience: 2, factor: 0.5))
    var task = Halving()
    task.isMeasured = false
    let error = try #require(throws: TrainingError.self) {
      try TrainingRun(task, options, folder: folder.path, resumes: false, fingerprint: "")
    }
    #expect("\(error)".contains("there is nothing to validate with"))
  }

  @Test func `a run that was killed goes on from its last checkpoint`() throws {
    let (whole, parts) = (try TemporaryFolder(), try TemporaryFolder())
    var reference = try run(whole.path)
    try reference.run()
    struct Kill: Error {}
    var first = try run(parts.path)
    #expect(throws: Kill.self) {
      try first.run(observe: { if case .step(14, _, _) = $0 { throw Kill() } })
    }
    // As if the machine had stopped within a line.
    let log = try #require(FileHandle(forWritingAtPath: parts.path + "/log.ndjson"))
    try log.seekToEnd()
    try log.write(contentsOf: Data(#"{"event":"st"#.utf8))
    try log.close()
    var second = try run(parts.path, resumes: true)
    #expect(second.step == 12)
    try second.run()
    #expect(try losses(parts.path) == losses(whole.path))
    #expect(second.task.layer.weight == reference.task.layer.weight)
  }

  @Test func `event files of TensorBoard say what the log says`() throws {
    let folder = try TemporaryFolder()
    var options = options(20)
    options.tensorBoard = folder.path + "/events"
    for (stop, resumes) in [(7, false), (20, true), (20, true)] {
      var run = try TrainingRun(
        Halving(), options, folder: folder.path, resumes: resumes, fingerprint: "halving")
      var made = run.step
      try run.run {
        made == stop
      } observe: {
        if case .step(let step, _, _) = $0 { made = step }
      }
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/events")
    // A session that makes no steps writes nothing.
    #expect(names.count == 2)
    let text = try names.map {
      String(
        decoding: try Data(contentsOf: URL(filePath: "\(folder.path)/events/\($0)")), as: UTF8.self)
    }.joined()
    #expect(text.components(separatedBy: "loss_parts/square").count == 1 + 20)
    #expect(text.components(separatedBy: "validation/closeness").count == 1 + 2)
    #expect(text.contains("learning_rate") && text.contains("gradient_norm"))
  }

  @Test func `a run that diverges keeps its checkpoint and names the step`() throws {
    let folder = try TemporaryFolder()
    var task = Halving()
    task.failure = 9
    var run = try run(folder.path, task)
    let error = try #require(throws: TrainingError.self) { try run.run() }
    #expect("\(error)".contains("step 10") && "\(error)".contains("the loss"))
    #expect(try self.run(folder.path, resumes: true).step == 8)
  }

  @Test func `a folder with a run is not begun anew, nor gone on with by others`() throws {
    let folder = try TemporaryFolder()
    var first = try run(folder.path)
    try first.run()
    let checkpoint = folder.path + "/checkpoint.safetensors"
    let anew = try #require(throws: TrainingError.self) { try run(folder.path) }
    #expect(anew == .begun(checkpoint: checkpoint))
    let other = try #require(throws: TrainingError.self) {
      try run(folder.path, steps: 50, resumes: true)
    }
    #expect("\(other)".contains("halving 40"))
    try Data("no checkpoint".utf8).write(
      to: URL(filePath: folder.path + "/checkpoint.safetensors"))
    #expect(throws: WeightError.self) { try run(folder.path, resumes: true) }
  }

  @Test func `a run of another version is told as such`() throws {
    let folder = try TemporaryFolder()
    var first = try TrainingRun(
      Halving(), options(8), folder: folder.path, resumes: false,
      fingerprint: #"{"options":{"seed":1},"photos":16}"#)
    try first.run()
    let fingerprint = try RunFingerprint.text(options: ["seed": 1], data: DataHash())
    func resume() throws {
      _ = try TrainingRun(
        Halving(), options(8), folder: folder.path, resumes: true, fingerprint: fingerprint)
    }
    let error = try #require(throws: TrainingError.self) { try resume() }
    #expect(
      "\(error)" == """
        \(folder.path)/checkpoint.safetensors: cannot be resumed from: another version of this \
        program began the run, and noted in another way what it learns from; that version can end it
        """)
  }

  @Test func `an observer may refuse the folder before anything is written`() throws {
    struct Refusal: Error {}
    let folder = try TemporaryFolder()
    var run = try run(folder.path)
    var observer = TrainingObserver()
    observer.willBegin = { length in
      #expect(length.done == 0 && length.steps == 40 && length.stepsPerEpoch == 5)
      throw Refusal()
    }
    #expect(throws: Refusal.self) { try run.run(stepsPerEpoch: 5, observer: observer) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    var stages: [String] = []
    observer.willBegin = { _ in }
    observer.tell = { event in
      switch event {
      case .began(let stage): stages.append("began \(stage)")
      case .ended(let stage): stages.append("ended \(stage)")
      default: break
      }
    }
    let outcome = try run.run(stepsPerEpoch: 5, observer: observer)
    #expect(outcome == TrainingOutcome(steps: 40, isOutOfPatience: false))
    #expect(stages == ["began steps", "ended steps"])
  }

  @Test func `one process at a time trains into a folder`() throws {
    let folder = try TemporaryFolder()
    var first = try run(folder.path)
    for resumes in [false, true] {
      #expect(throws: TrainingError.busy(folder: folder.path)) {
        try run(folder.path, resumes: resumes)
      }
    }
    #expect(throws: TrainingError.busy(folder: folder.path)) { try ModelLock.take(folder.path) }
    try first.run(shouldStop: { true })
    var second = try run(folder.path, resumes: true)
    #expect(throws: TrainingError.busy(folder: folder.path)) { try first.run() }
    try second.run()
    #expect(second.isFinished)
  }

  @Test func `what dead processes left in the folder goes, a person's files stay`() throws {
    let folder = try TemporaryFolder()
    for name in [".dat.nosync1A2F.aB3xYz", ".caption-0123456789abcdef.tmp", ".mine.tmp"] {
      try Data("half".utf8).write(to: URL(filePath: folder.path + "/" + name))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -200_000)],
        ofItemAtPath: folder.path + "/" + name)
    }
    _ = try run(folder.path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [".mine.tmp"])
  }

  @Test func `files in the place of folders, and the reverse, are told in a sentence`() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/file"
    try Data().write(to: URL(filePath: file))
    #expect(throws: FileFailure(FilePath(file), ENOTDIR)) { try run(file) }
    var blocked = try run(folder.path + "/other")
    try FileManager.default.createDirectory(
      atPath: folder.path + "/other/checkpoint.safetensors", withIntermediateDirectories: true)
    let checkpoint = FilePath(folder.path + "/other/checkpoint.safetensors")
    #expect(throws: FileFailure(checkpoint, EISDIR)) { try blocked.run() }
  }
}
