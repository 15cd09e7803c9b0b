import NeuralNet
import Tensors
import TestSupport
import Testing
import Training

@Suite struct TrainingCourseTests {
  /// Nothing that is trained.
  private struct Idle: TrainingTask {
    struct State: Codable, Sendable {}

    var state: State { State() }
    var tensors: [String: [String: Tensor]] { [:] }
    var isMeasured: Bool { false }

    func restore(_ state: State, _ weights: (String) -> WeightReader) throws {}

    func step(_ index: Int, rate: Float) throws -> StepReport {
      StepReport(loss: 0, gradientNorm: 0, items: 1)
    }

    func validate() throws -> [ValidationScore] { [] }

    func writeModel(to folder: String, _ scores: [ValidationScore]) throws {}
  }

  private func options(
    _ course: TrainingCourse, perEpoch: Double = 100, validationInterval: Int? = nil
  ) -> TrainingRun<Idle>.Options {
    course.options(
      of: Idle.self, stepsPerEpoch: perEpoch, usualRate: 1e-3,
      validationInterval: validationInterval)
  }

  @Test func `three epochs with a straight fall are usual`() {
    let options = options(TrainingCourse())
    #expect(options.steps == 300 && options.validationInterval == 30)
    #expect(
      options.schedule
        == LearningRateSchedule(peak: 1e-3, warmUp: 30, decay: .linear(steps: 270, final: 0.02)))
    #expect(options.checkpointInterval == 200 && options.patience == nil)
  }

  @Test func `what is given takes the place of what is usual`() {
    var course = TrainingCourse()
    (course.steps, course.rate, course.warmUp) = (90, 0.5, 200)
    course.decay = .step()
    var options = options(course, validationInterval: 7)
    #expect(options.steps == 90 && options.validationInterval == 7)
    // A warm-up is no longer than the run.
    #expect(
      options.schedule
        == LearningRateSchedule(peak: 0.5, warmUp: 90, decay: .step(every: 30, factor: 0.3)))
    (course.validationInterval, course.patience) = (5, 2)
    course.decay = .plateau(patience: 3, factor: 0.5)
    options = self.options(course, validationInterval: 7)
    #expect(options.validationInterval == 5 && options.patience == 2)
    #expect(options.schedule.needsMeasures)
  }

  @Test func `there is always a step, and never more than can be counted`() {
    var course = TrainingCourse()
    course.epochs = 1e-300
    #expect(course.allSteps(perEpoch: 10) == 1)
    course.epochs = 1e300
    #expect(course.allSteps(perEpoch: 10) == 1_000_000_000_000_000)
  }

  @Test func `patience cannot be had without validation`() throws {
    let folder = try TemporaryFolder()
    var course = TrainingCourse()
    course.patience = 1
    let error = try #require(throws: TrainingError.self) {
      try TrainingRun(
        Idle(), options(course), folder: folder.path, resumes: false, fingerprint: "")
    }
    #expect("\(error)" == "patience goes by validation, and there is nothing to validate with")
  }
}
