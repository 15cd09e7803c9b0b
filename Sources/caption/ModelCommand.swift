import ArgumentParser
import Captioning
import Foundation
import Imaging
import Language
import Tensors

/// `caption model list|info`: which models there are and what they are.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "List the installed models, or describe one.",
    discussion: """
      EXAMPLES:
        caption model list
        caption model info embedded
      """,
    subcommands: [List.self, Info.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the name and folder of every installed model.",
      discussion: """
        EXAMPLE:
          caption model list
        """)

    func run() throws {
      for model in ModelBundle.installed() { try printLine("\(model.name)\t\(model.folder)") }
    }
  }

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
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
      let bundle = try ModelBundle.find(model)
      let configuration = bundle.configuration
      guard !json else {
        try printLine(jsonLine(configuration))
        return
      }
      let entries = bundle.weights.entries.values
      let parameters = entries.reduce(0) { $0 + $1.shape.count }
      let bytes = entries.reduce(0) { $0 + $1.shape.count * $1.type.size }
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
        (
          "parameters",
          String(format: "%.1f million in %.1f MB", Double(parameters) / 1e6, Double(bytes) / 1e6)
        ),
        ("beam", "\(configuration.decoding.beamWidth)"),
      ]
      for (data, scores) in (configuration.scores ?? [:]).sorted(by: { $0.key < $1.key }) {
        var parts: [String] = []
        if let cider = scores.cider { parts.append(String(format: "CIDEr-D %.3f", cider)) }
        if let bleu = scores.bleu {
          parts += bleu.enumerated().map { String(format: "BLEU-%d %.3f", $0 + 1, $1) }
        }
        rows.append((data, parts.joined(separator: ", ")))
      }
      let width = rows.map({ $0.0.count }).max() ?? 0
      for (name, value) in rows {
        try printLine(name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + value)
      }
    }

    private func decoderSummary(_ decoder: DecoderConfiguration) -> String {
      var sizes = ["embedding \(decoder.embedding)", "hidden \(decoder.hidden)"]
      if decoder.architecture == .attention { sizes.append("attention \(decoder.attention)") }
      return "\(decoder.architecture.rawValue), " + sizes.joined(separator: ", ")
    }
  }
}
