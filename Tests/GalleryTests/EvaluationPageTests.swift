import Foundation
import Gallery
import SystemPackage
import Testing

@Suite struct EvaluationPageTests {
  private func text(_ page: EvaluationPage) throws -> String {
    var data = Data()
    try page.write(threads: 2) { data += $0 }
    return try #require(String(data: data, encoding: .utf8))
  }

  @Test func whatIsShownIsDataNeverMarkup() throws {
    let hostile = "</style><script>alert(1)</script>{{figure}}\" onerror=\"x & y"
    let photo = EvaluationPage.Photo(
      name: hostile, path: nil, candidate: hostile, references: [hostile],
      scores: [(hostile, "0.5")])
    let page = try text(
      EvaluationPage(
        title: hostile,
        tables: [.init(caption: hostile, columns: [hostile], rows: [[hostile, hostile]])],
        figure: "<svg id=\"the-figure\"></svg>",
        sections: [.init(title: hostile, photos: [photo])]))
    #expect(!page.contains("<script"))
    #expect(!page.contains("\" onerror"))
    #expect(page.components(separatedBy: "</style>").count == 2)
    #expect(page.components(separatedBy: "the-figure").count == 2)
    #expect(page.components(separatedBy: "&lt;script&gt;alert(1)").count == 12)
  }

  @Test func photosStandInThePageAndMissingOnesAreNamed() throws {
    let samples = FilePath(#filePath).removingLastComponent().appending("../../data/samples")
    let photos = [samples.appending("missing.jpg"), samples.appending("china.jpg")].map {
      EvaluationPage.Photo(
        name: $0.lastComponent?.string ?? "", path: $0, candidate: "", references: [], scores: [])
    }
    let page = try text(
      EvaluationPage(
        title: "Run 1", tables: [], figure: "", sections: [.init(title: "Best", photos: photos)]))
    #expect(page.contains("No picture: there is no such file."))
    #expect(page.contains("data:image/webp;base64,"))
    #expect(page.contains("(no caption)"))
  }
}
