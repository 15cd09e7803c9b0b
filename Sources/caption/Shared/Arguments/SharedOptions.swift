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

  @OptionGroup private var execution: ThreadOptions

  var threads: Int { execution.threads }
}

/// How many threads: shared by all commands that compute for long.
struct ThreadOptions: ParsableArguments {
  @Option(
    name: .customLong("threads"),
    help: ArgumentHelp("How many threads to use (default: all cores).", valueName: "count"))
  var requestedThreads: Int?

  var threads: Int { requestedThreads ?? ProcessInfo.processInfo.activeProcessorCount }

  func validate() throws {
    guard threads >= 1 && threads <= 256 else {
      throw ValidationError("--threads takes a number from 1 to 256, not \(threads).")
    }
  }
}

/// Whether to say less: shared by all commands that say more than results and errors.
struct QuietOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say nothing but results and errors.")
  var quiet = false
}

/// Whether to say more: shared by all commands that have more to say.
struct VerboseOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say on standard error what is done and how long it takes.")
  var verbose = false

  var logger: Logger { .ofProgram(at: verbose ? .debug : .warning) }
}

/// Whether to say less or more: shared by all commands that warn and have more to say.
struct MessageOptions: ParsableArguments {
  @OptionGroup private var quietOptions: QuietOptions
  @OptionGroup private var verboseOptions: VerboseOptions

  var quiet: Bool { quietOptions.quiet }

  func validate() throws {
    guard !(quiet && verboseOptions.verbose) else {
      throw ValidationError("--quiet and --verbose exclude each other.")
    }
  }

  var logger: Logger { quiet ? .ofProgram(at: .error) : verboseOptions.logger }
}

extension Logger {
  /// A logger to standard error.
  fileprivate static func ofProgram(at level: Level) -> Logger {
    var logger = Logger(label: "caption") { VisibleLog(label: $0) }
    logger.logLevel = level
    return logger
  }
}

/// How progress is shown, and whether anything else is said: shared by all commands that take long.
struct ProgressOptions: ParsableArguments {
  @Option(
    name: .customLong("progress"),
    help: "How to show progress: a bar on a terminal (the default), plain lines, or nothing.")
  private var chosenStyle: Progress.Style?

  @OptionGroup private var quietOptions: QuietOptions

  var style: Progress.Style { chosenStyle ?? .auto }
  var quiet: Bool { quietOptions.quiet }

  var given: GivenOptions { ["--progress": chosenStyle, "--quiet": quiet] }
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
    let sampling = "--temperature, --top-k or --top-p"
    try requires(["--seed": seed], with: sampling, options.isSampling)
    try excludes(
      ["--beam": beam, "--length-penalty": lengthPenalty], with: sampling, options.isSampling)
    // What must be said makes a search keep more than one hypothesis.
    try excludes(
      ["--length-penalty": lengthPenalty], with: "--beam 1",
      options.beamWidth == 1 && options.say.isEmpty)
    return options
  }

  /// What the command line calls the options of `config.json`.
  private static let flags = [
    "beam_width": "--beam", "top": "--top", "length_penalty": "--length-penalty",
    "no_repeat_ngram": "--no-repeat-ngram", "temperature": "--temperature", "top_k": "--top-k",
    "top_p": "--top-p", "say": "--say",
  ]
}
