import ArgumentParser
import Logging
import Sentiment

/// Which classifier, how it is run, and how sure it must be.
struct SentimentOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The model: a name or the path of its folder.", valueName: "name|path"))
  var model = SentimentClassifier.defaultName

  @Option(
    help: ArgumentHelp(
      "Call neutral what has less than this probability, from 0.5 (nothing) to 1.",
      valueName: "probability"), transform: decimalNumber)
  var threshold = SentimentLabeller.usualThreshold

  @OptionGroup private var execution: ThreadOptions
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    guard (0.5...1).contains(threshold) else {
      throw ValidationError("--threshold takes a probability from 0.5 to 1, not \(threshold).")
    }
  }

  /// - Throws: `ModelFolderError`, `VocabularyError`, `WeightError`.
  func load() throws -> SentimentLabeller {
    let classifier = try SentimentClassifier(model)
    messages.logger.debug("model \(classifier.configuration.name) from \(classifier.folder)")
    return SentimentLabeller(classifier, threshold: threshold, threads: execution.threads)
  }
}
