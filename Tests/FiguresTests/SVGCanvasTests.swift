import Figures
import Testing

@Suite struct SVGCanvasTests {
  @Test func textIsDataAndNumbersAreShort() {
    var canvas = SVGCanvas(width: 20, height: 10, title: "t")
    canvas.write("<a\u{1}\u{FFFF}&\u{FFFE}b>", at: FigurePoint(1.0 / 3, 2), .end, .black)
    #expect(
      canvas.document.contains(
        "<text x=\"0.33\" y=\"2\" text-anchor=\"end\" fill=\"#000000\">&lt;a  &amp; b&gt;</text>"))
  }

  @Test func `a drawing says what has made it`() {
    let lines = SVGCanvas(width: 20, height: 10, title: ">").document.split(separator: "\n")
    #expect(lines.prefix(2).last == "<!-- caption -->")
  }
}
