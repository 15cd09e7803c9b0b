import ArgumentParser
import Files
import Foundation
import Store

/// `caption store info`: where the store is, how large, and what it holds.
struct StoreInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Print where the store is, how large, and what it holds.",
    discussion: """
      EXAMPLES:
        caption store info
        caption store info --json | jq .counts.captions
      """)

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let info = try store.with(.read) { try $0.info() }
    guard !json else {
      try printLine(jsonLine(info))
      return
    }
    let size = String(format: "%.1f MB", Double(info.byteCount) / 1e6)
    try printRows(
      [("store", info.path), ("size", size), ("format", "\(info.version)")] + info.counts.rows
        + info.models.map { model in
          (
            "model",
            "\(model.name) \(model.hash.description.prefix(12)), "
              + "\(model.captions) captions, \(model.embeddings) embeddings"
          )
        }
        + info.sentimentModels.map { model in
          (
            "sentiment model",
            "\(model.name) \(model.hash.description.prefix(12)), "
              + "\(model.texts) texts, \(model.captions) captions"
          )
        })
  }
}
