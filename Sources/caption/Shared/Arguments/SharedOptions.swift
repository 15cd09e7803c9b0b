import ArgumentParser
import Captioning
import Foundation
import Logging

/// Which model describes photos, and how it is run: shared by all commands that run one.
struct RuntimeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model: a name (see “caption model list”) or the path of its folder.",
      valueName: "name|path"))
  var model = ModelBundle.defaultName

  @OptionGroup private var execution: ExecutionOptions

  var threads: Int { execution.threads }
  var quiet: Bool { execution.quiet }
  var logger: Logger { execution.logger }
}

/// How many threads, and how much to say: shared by all commands that run a network.
struct ExecutionOptions: ParsableArguments {
  @Option(
    name: .customLong("threads"),
    help: ArgumentHelp("How many threads to use (default: all cores).", valueName: "count"))
  var requestedThreads: Int?

  var threads: Int { requestedThreads ?? ProcessInfo.processInfo.activeProcessorCount }

  @Flag(name: .shortAndLong, help: "Say nothing but results and errors.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say on standard error what is done and how long it takes.")
  var verbose = false

  func validate() throws {
    guard threads >= 1 && threads <= 256 else {
      throw ValidationError("--threads takes a number from 1 to 256, not \(threads).")
    }
    guard !(quiet && verbose) else {
      throw ValidationError("--quiet and --verbose exclude each other.")
    }
  }

  /// A logger to standard error at the level that was asked for.
  var logger: Logger {
    var logger = Logger(label: "caption") { VisibleLog(label: $0) }
    logger.logLevel = quiet ? .error : verbose ? .debug : .warning
    return logger
  }
}

/// How to search for the words; whatever is not given comes from the model's configuration.
struct SearchOptions: ParsableArguments {
  @Option(help: "How many hypotheses the beam search keeps; 1 is greedy.")
  var beam: Int?

  @Option(help: "Give this many different captions, best first.")
  var top: Int?

  @Option(
    help: ArgumentHelp(
      "How scores are made comparable across lengths.", valueName: "none|average|gnmt[:exponent]"))
  var lengthPenalty: LengthPenalty?

  @Option(help: ArgumentHelp("Never repeat a sequence of N words.", valueName: "N"))
  var noRepeatNgram: Int?

  @Option(
    help: ArgumentHelp(
      "Only captions that have this word, or its plural or singular (may be repeated).",
      valueName: "word"))
  var say: [String] = []

  @Option(
    help: "Sample words instead of searching, at this temperature (1 is the model's own).",
    transform: decimalNumber)
  var temperature: Float?

  @Option(help: "Sample from the K likeliest words only.")
  var topK: Int?

  @Option(
    help: "Sample from the likeliest words that together have probability P.",
    transform: decimalNumber)
  var topP: Float?

  @Option(help: "The seed of sampling: the same seed gives the same caption.")
  var seed: UInt64?

  /// The model's defaults with what was given on the command line.
  ///
  /// - Throws: `ValidationError` if a value is out of range, options contradict each other or the
  ///   model does not know a word.
  func applied(to bundle: ModelBundle) throws -> DecodingOptions {
    let defaults = bundle.configuration.decoding
    var options = defaults
    options.beamWidth = beam ?? max(defaults.beamWidth, top ?? 1)
    options.top = top ?? defaults.top
    options.lengthPenalty = lengthPenalty ?? defaults.lengthPenalty
    options.noRepeatNGram = noRepeatNgram ?? defaults.noRepeatNGram
    options.say = say.isEmpty ? defaults.say : say
    options.temperature = temperature ?? defaults.temperature
    options.topK = topK ?? defaults.topK
    options.topP = topP ?? defaults.topP
    options.seed = seed ?? defaults.seed
    do {
      try options.validate()
      _ = try TokenRules(options, vocabulary: bundle.vocabulary)
    } catch CaptioningError.option(let name, let reason) {
      throw ValidationError("\(Self.flags[name] ?? name) \(reason).")
    }
    guard seed == nil || options.isSampling else {
      throw ValidationError("--seed goes with --temperature, --top-k or --top-p.")
    }
    return options
  }

  /// What the command line calls the options of `config.json`.
  private static let flags = [
    "beam_width": "--beam", "top": "--top", "length_penalty": "--length-penalty",
    "no_repeat_ngram": "--no-repeat-ngram", "temperature": "--temperature", "top_k": "--top-k",
    "top_p": "--top-p", "say": "--say",
  ]
}
