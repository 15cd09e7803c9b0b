import Foundation

/// Whether colours are welcome on terminals (https://no-color.org).
func mayColour() -> Bool {
  let environment = ProcessInfo.processInfo.environment
  return (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
}
