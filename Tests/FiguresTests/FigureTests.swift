import Figures
import Foundation
import FoundationXML
import Imaging
import Testing

@Suite struct FigureTests {
  private static let values = [0.05, 0.1, 0.15, 0.2, 0.2, 0.3, 0.9]

  private static var figure: Figure {
    let edges = Histogram.edges(spanning: values, count: 8)
    let histogram = Histogram(of: values, edges: edges)
    let line = [1, 2, 3, .nan, 5, 6].map { FigurePoint(Double($0), $0 * $0) }
    return Figure(
      title: "Scores <of> A & B",
      charts: [
        Chart(
          title: "Scores", x: "CIDEr-D", y: "images",
          series: [.init(name: "run 1", .histogram(histogram), marker: 0.27)]),
        Chart(title: "Loss", x: "step", y: "loss", series: [.init(name: "train", .line(line))]),
      ])
  }

  @Test func theVectorFileIsWellFormed() throws {
    let parser = XMLParser(data: Data(Self.figure.svg.utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(Self.figure.svg.contains("<title>Scores &lt;of&gt; A &amp; B</title>"))
  }

  @Test func aLineBreaksWhereThereIsNoNumber() {
    let lines = Self.figure.svg.split(separator: "\n").filter {
      $0.hasPrefix("<polyline") && $0.contains("stroke-width=\"2\"") && $0.contains("#0072b2")
    }
    // The histogram's outline, the marker's dashes, and the two parts of the line.
    let pointCounts = lines.map { $0.split(separator: "\"")[1].split(separator: " ").count }
    #expect(pointCounts.filter { $0 == 3 }.count == 1)
    #expect(!Self.figure.svg.contains("nan"))
  }

  @Test func thePictureShowsWhatTheVectorFileShows() throws {
    let picture = try ImageDecoder.decode(bytes: [UInt8](Self.figure.png()), name: "figure")
    #expect(picture.size == ImageSize(width: 1000, height: 880))
    let colour = FigureColor.series[0]
    var bottom = 0
    for y in 0..<440 {
      for x in 0..<picture.width {
        let place = 3 * (y * picture.width + x)
        if Array(picture.pixels[place..<place + 3]) == [colour.red, colour.green, colour.blue] {
          bottom = y
        }
      }
    }
    // The histogram stands on the axis, at 440 - 64.
    #expect((374...377).contains(bottom))
  }
}
