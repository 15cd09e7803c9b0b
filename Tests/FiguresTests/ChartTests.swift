import Figures
import Foundation
import Testing

@Suite struct ChartTests {
  private func svg(_ marks: [Chart.Mark], names: [String]? = nil) -> String {
    Figure(
      title: "t",
      charts: [
        Chart(
          title: "c", x: "x", y: "y",
          series: marks.enumerated().map { Chart.Series(name: names?[$0] ?? "", $1) })
      ]
    ).svg
  }

  private func count(_ text: String, _ part: String) -> Int {
    text.components(separatedBy: part).count - 1
  }

  @Test func `a trend is a bold line over a faint one`() {
    let measured = (0..<5).map { FigurePoint(Double($0), Double($0 % 2)) }
    let smooth = measured.map { FigurePoint($0.x, 0.5) }
    let text = svg([.trend(measured: measured, smooth: smooth)])
    #expect(count(text, "stroke=\"#0072b2\" stroke-width=\"2.5\"") == 1)
    // 0x00 · 0.3 + 178 and so on.
    #expect(count(text, "stroke=\"#b2d4e7\" stroke-width=\"1\"") == 1)
  }

  @Test func `a single measurement is seen`() {
    let text = svg([.dots([FigurePoint(100, 0.5), FigurePoint(200, .nan)])])
    #expect(count(text, "<polygon") == 1)
    #expect(!text.contains("nan"))
  }

  @Test(arguments: [
    [0, 1e308, -1e308, 3], [5e-324, 0, 1e-310, 2e-310], [1e17, 1e17 + 16, 1e17, 1e17],
    [.infinity, .nan, -.infinity, .nan], [-1e299, 1e299, 0, 1], [9e18, 0, -9e18, 1],
  ])
  func `no number breaks a chart`(values: [Double]) throws {
    let points = values.flatMap { y in values.map { FigurePoint($0, y) } }
    let figure = Figure(
      title: "t",
      charts: [
        Chart(
          title: "c", x: "x", y: "y",
          series: [
            .init(name: "a", .line(points)), .init(name: "b", .dots(points)),
            .init(name: "c", .trend(measured: points, smooth: points)),
          ])
      ])
    #expect(!figure.svg.contains("nan") && !figure.svg.contains("inf"))
    #expect(try !figure.png().isEmpty)
  }

  @Test func `learning rates have short labels`() {
    let points = [FigurePoint(0, 0), FigurePoint(1, 4e-7)]
    let text = svg([.line(points)])
    #expect(text.contains(">4e-07</text>") && text.contains(">0</text>"))
  }

  @Test func `names that need more room get more lines`() throws {
    let names = (1...4).map { "a run with quite a long name \($0)" }
    let text = svg(
      names.map { _ in .line([FigurePoint(0, 0), FigurePoint(1, 1)]) }, names: names)
    let places = try names.map { name in
      let line = try #require(text.split(separator: "\n").first { $0.contains(">\(name)<") })
      return line.split(separator: "\"").prefix(4).map(String.init)[3]
    }
    #expect(Set(places).count == 2)
  }
}
