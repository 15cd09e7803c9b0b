import ArgumentParser
import Batch
import Foundation
import Training

/// On what and how audibly training runs: shared by all commands that train.
struct SessionOptions: ParsableArguments {
  @Option(help: "The seed of all that is random: the same seed gives the same model.")
  var seed: UInt64 = 1

  @Option(
    name: .customLong("threads"),
    help: ArgumentHelp("How many threads to use (default: all cores).", valueName: "count"))
  var requestedThreads: Int?

  @Option(help: "How to show progress: a bar on a terminal, plain lines, or nothing.")
  var progress = Progress.Style.auto

  @Flag(name: .shortAndLong, help: "Say nothing but results and errors.")
  var quiet = false

  var threads: Int { requestedThreads ?? ProcessInfo.processInfo.activeProcessorCount }

  /// With these and with how far a step goes.
  func course(_ stepSize: StepSizeOptions) -> TrainingCourse {
    var course = TrainingCourse()
    course.rate = stepSize.rate
    course.clipNorm = stepSize.clipNorm
    course.seed = seed
    course.threads = threads
    return course
  }

  func validate() throws {
    guard threads >= 1 && threads <= 256 else {
      throw ValidationError("--threads takes a number from 1 to 256, not \(threads).")
    }
  }
}
