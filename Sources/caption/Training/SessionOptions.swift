import ArgumentParser
import Batch
import Foundation
import Training

/// On what and how audibly training runs: shared by all commands that train.
struct SessionOptions: ParsableArguments {
  @Option(help: "The seed of all that is random: the same seed gives the same model.")
  var seed: UInt64 = 1

  @OptionGroup private var execution: ThreadOptions
  @OptionGroup private var progressOptions: ProgressOptions

  var progress: Progress.Style { progressOptions.style }
  var quiet: Bool { progressOptions.quiet }

  /// With these and with how far a step goes.
  func course(_ stepSize: StepSizeOptions) -> TrainingCourse {
    var course = TrainingCourse()
    course.rate = stepSize.rate
    course.clipNorm = stepSize.clipNorm
    course.seed = seed
    course.threads = execution.threads
    return course
  }
}
