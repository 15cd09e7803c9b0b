internal import Foundation
package import SystemPackage

extension FilePath {
  /// This program's folder among the user's for what can be made again: `caption` in
  /// `$XDG_CACHE_HOME`, else in `~/.cache` (XDG Base Directory Specification 0.8).
  package static func caches(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> FilePath {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    let caches = value("XDG_CACHE_HOME").map { FilePath($0) }
    let home = FilePath(value("HOME") ?? NSHomeDirectory())
    // The specification: relative paths there are to be ignored.
    return (caches.flatMap { $0.isAbsolute ? $0 : nil } ?? home.appending(".cache"))
      .appending("caption")
  }
}
