/// What tells a text of this program's from one of a person's: the properties caption:Model,
/// caption:Version and caption:TextHash, which stay when another program changes the text. A person's
/// note that this program wrote has them, too, but for the model.
package struct MachineMarker: Equatable, Sendable {
  package let model: String
  /// That of this program.
  package let version: String
  /// Of the text as it was written.
  let textHash: String

  /// photoshop:CaptionWriter, which other programs show.
  static func writer(model: String) -> String { "caption (\(model))" }

  static func isWriter(_ text: String) -> Bool { text.hasPrefix("caption (") }
}
