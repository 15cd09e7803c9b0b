import Logging

/// A log on standard error in which each message is one line without what a terminal would obey.
struct VisibleLog: LogHandler {
  private var handler: StreamLogHandler

  init(label: String) { handler = .standardError(label: label) }

  var logLevel: Logger.Level {
    get { handler.logLevel }
    set { handler.logLevel = newValue }
  }

  var metadata: Logger.Metadata {
    get { handler.metadata }
    set { handler.metadata = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { handler[metadataKey: key] }
    set { handler[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) {
    var event = event
    event.message = "\(TerminalText.line(event.message.description))"
    handler.log(event: event)
  }
}
