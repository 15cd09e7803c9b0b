import Foundation
import TestSupport
import Testing

/// What holds of all error types, so that one place gives sentences and exit statuses.
struct ErrorTypesTests {
  /// A type that only its own module can name does not leave that module.
  @Test func `errors that leave a module are failures`() throws {
    let sources = projectFolder.appending(path: "Sources")
    let files = try #require(
      FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var count = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      let isProgram = file.path.contains("/Sources/caption/")
      let text = try String(contentsOf: file, encoding: .utf8)
      for declaration in text.matches(
        of: /(?m)^ *(public |package )?(?:enum|struct|final class) (\w+): ([^{\n]*)\{/)
      {
        let conformances = declaration.3.split(separator: ",").map {
          $0.trimmingCharacters(in: .whitespaces)
        }
        let isFailure = conformances.contains { $0 == "Failure" || $0 == "Files.Failure" }
        guard isFailure || conformances.contains("Error") else { continue }
        count += 1
        #expect(
          isFailure || declaration.1 == nil && !isProgram,
          "\(file.lastPathComponent): \(declaration.2) is no Failure")
      }
    }
    #expect(count > 25)
  }
}
