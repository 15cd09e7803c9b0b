import Datasets
import Foundation
import SystemPackage
import Testing

struct TextFolderTests {
  private let folder: FileFolder

  init() throws { folder = try FileFolder() }

  private func source(_ name: String) -> LabelledTextSource {
    LabelledTextSource(path: folder.path(name))
  }

  private func sentence(_ name: String) -> String {
    failure { _ = try source(name).labelledTexts() }
      .replacingOccurrences(of: folder.path("").string + "/", with: "")
  }

  private func writeReviews() throws {
    for number in [0, 9, 10, 1_000, 11] {
      try folder.write("imdb/train/pos/\(number)_7.txt", "Fine \(number).<br />\nYes.\n")
    }
    try folder.write("imdb/train/pos/notes.md", "no text")
    try folder.write("imdb/train/neg/007_1.txt", "Dull 7.")
    try folder.write("imdb/train/neg/7_1.txt", "Dull, too.")
    try folder.write("imdb/train/neg/6_1.txt", "\n")
    try folder.write("imdb/train/unsup/0_0.txt", "Who knows.")
    try folder.write("imdb/train/urls_pos.txt", "http://example.org")
  }

  @Test func reviews() throws {
    try writeReviews()
    let found = try source("imdb/train").labelledTexts()
    #expect(
      found.rows == ["negative: Dull 7.", "negative: Dull, too."]
        + [0, 9, 10, 11, 1_000].map { "positive: Fine \($0).<br />\nYes." })
    #expect(
      folder.sentences(found.problems) == [
        "imdb/train/neg/6_1.txt: blank text: there is no text; left out"
      ])
    let texts = try source("imdb/train").texts().texts
    #expect(texts.count == 8)
    #expect(texts.last == "Who knows.")
  }

  @Test func theFolderAboveIsRefused() throws {
    try writeReviews()
    #expect(
      sentence("imdb")
        == "imdb: its folder “train” has texts in folders of its own: "
        + "name the folder whose folders are the labels")
  }

  @Test func foldersOfOtherNames() throws {
    try folder.write("a/sport/1.txt", "A game.")
    try folder.write("a/Arts/1.txt", "A play.")
    #expect(try source("a").labelledTexts().rows == ["Arts: A play.", "sport: A game."])
    try folder.write("b/None/1.txt", "A game.")
    #expect(try source("b").labelledTexts().rows == ["None: A game."])
  }

  @Test func filesOfLines() throws {
    try folder.write("a/10.txt", "Three.\n")
    try folder.write("a/9.txt", "One.\n\nTwo.")
    #expect(try source("a").texts().texts == ["One.", "Two.", "Three."])
    #expect(sentence("a") == "a: there is no folder with text files (*.txt) in it")
  }

  @Test func filesThatAreNoTextsAreLeftOut() throws {
    try folder.write("a/x/1.txt", "A\nga\u{0}me.")
    #expect(sentence("a") == "a/x/1.txt: line 2: it has a zero byte: this is no text; left out")
    try folder.write("a/x/2.txt", String(repeating: "A game. ", count: 3 << 20))
    try folder.write("a/y/1.txt", "A play.")
    let found = try source("a").labelledTexts()
    #expect(found.rows == ["y: A play."])
    #expect(
      folder.sentences(found.problems) == [
        "a/x/1.txt: unreadable file: line 2: it has a zero byte: this is no text; left out",
        "a/x/2.txt: unreadable file: it is longer than 16 MiB; left out",
      ])
    try folder.write("b/1.txt", "One.\nTwo.")
    try folder.write("b/2.txt", "Th\u{0}ree.")
    #expect(try source("b").texts().texts == ["One.", "Two."])
    #expect(try source("b").texts().problems.count == 1)
  }
}
