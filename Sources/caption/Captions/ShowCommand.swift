import ArgumentParser
import Foundation
import Store
import SystemPackage

/// `caption show`: all that the store knows of a photo.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show all captions of a photo, by model and time, and what else is known of it.",
    discussion: """
      A photo that was moved or copied is known by its content.

      EXAMPLES:
        caption show photo.jpg
        caption show photo.jpg --json | jq .captions
      """)

  @Argument(help: "The photo.", completion: .file())
  var photo: String

  @OptionGroup var storeOptions: StoreOptions

  @Flag(help: "Print one JSON object, with words, alternatives and decoding options.")
  var json = false

  func run() throws {
    let path = FilePath(argument: photo)
    let details = try storeOptions.with(.read) { store in
      try picture(of: path, in: store).flatMap { try store.details(of: $0) }
    }
    guard let details else { throw FileError.notStored(path: photo) }
    guard !json else { return try printLine(jsonLine(details)) }
    var rows = details.paths.map { ("file", $0.string) }
    rows.append(
      ("picture", "\(details.width)×\(details.height) pixels, \(details.format)"))
    rows += [
      ("captured", details.capturedAt),
      (
        "camera",
        [details.cameraMake, details.cameraModel].compactMap { $0 }.joined(separator: " ")
      ),
      ("place", place(details)),
    ].compactMap { name, value in value.flatMap { $0.isEmpty ? nil : (name, $0) } }
    for caption in details.captions {
      let who = caption.model ?? caption.source.map { "person, \($0)" } ?? "person"
      let confidence = caption.confidence.map { String(format: ", confidence %.3f", $0) } ?? ""
      let sentiment =
        caption.sentiment.map { ", \($0.label) " + String(format: "%.3f", $0.probability) } ?? ""
      rows.append(
        (who, "\(caption.text)  (\(caption.createdAt.prefix(10))\(confidence)\(sentiment))"))
    }
    let width = rows.map(\.0.count).max() ?? 0
    for (name, value) in rows {
      try printLine(
        name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + TerminalText.line(value))
    }
  }

  private func place(_ details: PhotoDetails) -> String? {
    guard let latitude = details.latitude, let longitude = details.longitude else { return nil }
    return String(format: "%.5f, %.5f", latitude, longitude)
  }
}
