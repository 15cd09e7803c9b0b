import ArgumentParser
import Captioning
import Foundation
import Imaging
import Language
import ModelFiles
import Sentiment
import Tensors

/// `caption model info`: what a model is made of, and how well it does.
struct ModelInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Print a model's architecture, sizes, defaults and scores.",
    discussion: """
      EXAMPLES:
        caption model info
        caption model info embedded --json
      """)

  @Argument(
    help: ArgumentHelp("The model's name or the path of its folder.", valueName: "name|path"))
  var model = ModelBundle.defaultName

  @Flag(help: "Print the model's configuration as JSON.")
  var json = false

  func run() throws {
    let folder = try ModelFolder.find(model)
    if try folder.kind == SentimentConfiguration.kind {
      try describe(SentimentClassifier(folder))
    } else {
      try describe(ModelBundle.find(model))
    }
  }

  private func describe(_ classifier: SentimentClassifier) throws {
    let configuration = classifier.configuration
    guard !json else { return try printLine(jsonLine(configuration)) }
    let weights = try SafetensorsFile(path: ModelFolder(path: classifier.folder).weightsPath)
    try printRows(
      [
        ("name", configuration.name), ("folder", classifier.folder),
        ("network", configuration.network.summary),
        ("labels", configuration.labels.joined(separator: ", ")),
        ("vocabulary", "\(classifier.wordCount) words"), ("parameters", sizes(weights)),
        ("temperature", "\(configuration.temperature)"),
      ]
        + (configuration.accuracy ?? [:]).sorted { $0.key < $1.key }.map {
          ("accuracy on \($0.key)", String(format: "%.2f %%", 100 * $0.value))
        })
  }

  private func describe(_ bundle: ModelBundle) throws {
    let configuration = bundle.configuration
    guard !json else { return try printLine(jsonLine(configuration)) }
    var rows = [
      ("name", configuration.name),
      ("folder", bundle.folder),
      ("encoder", configuration.encoder.summary),
      ("decoder", decoderSummary(configuration.decoder)),
      (
        "input",
        "\(configuration.preprocessing.width)×\(configuration.preprocessing.height) pixels, "
          + "\(configuration.preprocessing.geometry)"
      ),
      ("vocabulary", "\(bundle.vocabulary.count) words"),
      ("parameters", sizes(bundle.weights)),
      ("beam", "\(configuration.decoding.beamWidth)"),
      (
        "confidence",
        configuration.confidence?.summary
          ?? "uncalibrated: the geometric mean of the words' probabilities"
      ),
    ]
    for (data, scores) in (configuration.scores ?? [:]).sorted(by: { $0.key < $1.key }) {
      var parts: [String] = []
      if let cider = scores.cider { parts.append(String(format: "CIDEr-D %.3f", cider)) }
      if let bleu = scores.bleu {
        parts += bleu.enumerated().map { String(format: "BLEU-%d %.3f", $0 + 1, $1) }
      }
      rows.append((data, parts.joined(separator: ", ")))
    }
    try printRows(rows)
  }

  /// “7.5 million in 15.0 MB”
  private func sizes(_ weights: SafetensorsFile) -> String {
    let parameters = weights.entries.values.reduce(0) { $0 + $1.shape.count }
    let bytes = weights.entries.values.reduce(0) { $0 + $1.shape.count * $1.type.size }
    return String(
      format: "%.1f million in %.1f MB", Double(parameters) / 1e6, Double(bytes) / 1e6)
  }

  private func decoderSummary(_ decoder: DecoderConfiguration) -> String {
    var sizes = ["embedding \(decoder.embedding)", "hidden \(decoder.hidden)"]
    if decoder.architecture == .attention { sizes.append("attention \(decoder.attention)") }
    return "\(decoder.architecture.rawValue), " + sizes.joined(separator: ", ")
  }
}
