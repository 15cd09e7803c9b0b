import Datasets
import Foundation
import SystemPackage
import Testing

struct PolarityFilesTests {
  private let folder: FileFolder

  init() throws {
    folder = try FileFolder()
    // In Windows-1252 0x93 and 0x94 are double quotes, 0x80 is the euro, 0xE9 an e with an acute.
    try write(
      "rt-polarity.pos",
      Data(
        "a \u{93}fine\u{94} caf\u{E9} for 3 \u{80} \n\nyes".unicodeScalars
          .map { UInt8($0.value) }))
    try folder.write("rt-polarity.neg", "a dull café\r\n")
  }

  private func write(_ name: String, _ bytes: Data) throws {
    try bytes.write(to: URL(filePath: folder.path(name).string))
  }

  @Test(arguments: ["", "rt-polarity.pos", "rt-polarity.neg"])
  func bothFilesWhicheverIsNamed(name: String) throws {
    let found = try LabelledTextSource(path: folder.path(name)).labelledTexts()
    #expect(
      found.rows == [
        "positive: a “fine” café for 3 € ", "positive: yes", "negative: a dull café",
      ])
    #expect(try LabelledTextSource(path: folder.path(name)).texts().texts.count == 3)
  }

  /// Python 3.11: bytes(range(0x80, 0x100)).decode("cp1252", errors="ignore"), to which it adds
  /// nothing for the five bytes without meaning.
  @Test func everyByte() throws {
    let expected =
      "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ\u{A0}¡¢£¤¥¦§¨©ª«¬\u{AD}®¯°±²³´µ¶·¸¹º»¼½¾¿"
      + "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ"
    let bytes = (0x80...0xFF).filter { ![0x81, 0x8D, 0x8F, 0x90, 0x9D].contains($0) }
    try write("x.pos", Data(bytes.map { UInt8($0) }))
    try folder.write("x.neg", "no\n")
    let found = try LabelledTextSource(path: folder.path("x.neg")).labelledTexts()
    #expect(found.texts.first?.text == expected)
  }

  @Test(
    arguments: [
      (String.Encoding.utf16LittleEndian, [0xFF, 0xFE]), (.utf16BigEndian, [0xFE, 0xFF]),
    ] as [(String.Encoding, [UInt8])])
  func utf16WithAMark(encoding: String.Encoding, mark: [UInt8]) throws {
    try write("u.pos", Data(mark) + #require("a “fine” café\nyes\n".data(using: encoding)))
    try folder.write("u.neg", "no\n")
    let found = try LabelledTextSource(path: folder.path("u.pos")).labelledTexts()
    #expect(found.rows == ["positive: a “fine” café", "positive: yes", "negative: no"])
    #expect(
      folder.sentences(found.problems) == ["u.pos: other encoding: it is UTF-16; read as such"])
  }

  @Test func theOtherFileIsMissing() throws {
    try folder.write("y.pos", "yes\n")
    #expect(throws: DatasetError.missing(path: folder.path("y.neg").string)) {
      try LabelledTextSource(path: folder.path("y.pos")).labelledTexts()
    }
  }

  @Test func binaryFilesAreRefused() throws {
    try write("z.pos", Data([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, 0xFF]))
    try folder.write("z.neg", "no\n")
    #expect(
      failure { _ = try LabelledTextSource(path: folder.path("z.pos")).labelledTexts() }
        == "\(folder.path("z.pos")): line 1: it has a zero byte: this is no text")
  }
}
