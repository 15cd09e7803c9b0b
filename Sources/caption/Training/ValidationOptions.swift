import ArgumentParser
import Training

/// When a model is measured while it is trained, and what follows from it: shared by the commands
/// that train what can be measured.
struct ValidationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Steps from one validation to the next (default: a tenth of all).", valueName: "steps"))
  var validateEvery: Int?

  @Option(
    help: ArgumentHelp(
      "End the run after so many validations without a better model (default: never).",
      valueName: "count"))
  var patience: Int?

  @Option(
    help: ArgumentHelp(
      "With --schedule plateau: after so many validations in a row without a better score the rate "
        + "falls (default: 2).", valueName: "count"))
  var plateauPatience: Int?

  func validate() throws {
    let counts = [
      ("--validate-every", validateEvery), ("--patience", patience),
      ("--plateau-patience", plateauPatience),
    ]
    for case (let name, let count?) in counts where count < 1 {
      throw ValidationError("\(name) takes a number above 0.")
    }
  }

  /// - Throws: `ValidationError` for an option that would do nothing.
  func check(with training: TrainingOptions) throws {
    try requires(
      ["--plateau-patience": plateauPatience], with: "--schedule plateau",
      training.schedule == .plateau)
  }

  /// A course that heeds what validations find.
  func applied(to course: TrainingCourse) -> TrainingCourse {
    var course = course
    course.validationInterval = validateEvery
    course.patience = patience
    if let plateauPatience, case .plateau(_, let factor) = course.decay {
      course.decay = .plateau(patience: plateauPatience, factor: factor)
    }
    return course
  }
}
