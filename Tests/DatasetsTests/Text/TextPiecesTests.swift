import Datasets
import Foundation
import SystemPackage
import TestSupport
import Testing

struct TextPiecesTests {
  /// Lines lie on the borders of what is read at a time.
  @Test func linesOfUTF8AmongThoseOfWindows() throws {
    var bytes = Data("text\n".utf8)
    for number in 0..<15_000 {
      bytes += Data("\(number) It".utf8) + [0x92] + Data("s\n\(number) koťě –\n".utf8)
      bytes += Data("\(number) \u{2019}".utf8) + [0x92, 10]
      bytes += Data("\(number) Spa".utf8) + [0xDF, 0x2E, 10]
    }
    let file = try TemporaryFile(bytes)
    let table = try TextTable(path: FilePath(file.path), column: "text")
    #expect(table.encoding == .windows1252)
    for number in 0..<15_000 {
      for text in ["It’s", "koťě –", "â€™’", "Spaß."] {
        let found = try table.next()?.text
        try #require(found == "\(number) \(text)")
      }
    }
    #expect(try table.next() == nil)
  }
}
