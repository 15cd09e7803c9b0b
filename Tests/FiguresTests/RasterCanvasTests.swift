import Figures
import Imaging
import Testing

@Suite struct RasterCanvasTests {
  @Test func edgesAreAsDarkAsTheyAreCovered() throws {
    var canvas = try RasterCanvas(width: 4, height: 1)
    canvas.fill(
      [FigurePoint(0.5, 0), FigurePoint(2.25, 0), FigurePoint(2.25, 1), FigurePoint(0.5, 1)],
      .black, opacity: 1)
    let reds = stride(from: 0, to: 12, by: 3).map { canvas.image.pixels[$0] }
    #expect(reds == [128, 0, 191, 255])
  }

  @Test func whatReachesBeyondThePictureIsCutOff() throws {
    var canvas = try RasterCanvas(width: 3, height: 3)
    canvas.stroke([FigurePoint(-50, 1.5), FigurePoint(50, 1.5)], .black, width: 1)
    canvas.write("a long text", at: FigurePoint(-20, -3), .start, .black)
    canvas.write("a long text", at: FigurePoint(2, 40), .middle, .black)
    #expect(stride(from: 0, to: 27, by: 3).map { canvas.image.pixels[$0] }[3...5] == [0, 0, 0])
  }

  @Test func textEndsWhereItIsToEnd() throws {
    var canvas = try RasterCanvas(width: 60, height: 24)
    canvas.write("III", at: FigurePoint(40, 18), .end, .black)
    let dark = (0..<60).filter { x in
      (0..<24).contains { canvas.image.pixels[3 * ($0 * 60 + x)] < 128 }
    }
    let last = try #require(dark.last)
    #expect((35...40).contains(last))
  }
}
