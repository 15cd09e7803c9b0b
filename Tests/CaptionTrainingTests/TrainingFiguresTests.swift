import CaptionTraining
import Figures
import Foundation
import Testing
import Training

@Suite struct TrainingFiguresTests {
  private func run(_ name: String, _ count: Int = 20, scores: [String] = ["a", "b"]) throws
    -> TrainingFigures.Run
  {
    let lines =
      (1...count).map {
        #"{"event":"step","loss":\#(1 / Double($0)),"rate":0.001,"seconds":1,"step":\#($0)}"#
      }
      + scores.map {
        #"{"event":"validation","scores":{"\#($0)":0.5},"seconds":1,"step":\#(count)}"#
      }
    return TrainingFigures.Run(
      name: name,
      entries: try lines.map {
        try JSONDecoder().decode(TrainingLog.Entry.self, from: Data($0.utf8))
      })
  }

  @Test func `smoothing starts at the first loss`() {
    let points = [4.0, 4, 4, .nan, 0].enumerated().map { FigurePoint(Double($0), $1) }
    let smooth = TrainingFigures.smooth(points, 0.5).map(\.y)
    #expect(smooth[0] == 4 && smooth[2] == 4 && smooth[3].isNaN)
    // 0.5 · 3.5 / (1 − 1/16), as 3.5 is the sum of the three before.
    #expect(abs(smooth[4] - 1.75 / 0.9375) < 1e-12)
    #expect(TrainingFigures.smooth(points, 0).map(\.y)[4] == 0)
  }

  @Test func `one run has its scores in one chart`() throws {
    let svg = TrainingFigures.figure(of: [try run("mine")], smoothing: 0.9).svg
    for text in ["Loss (bold: smoothed)", "Learning rate", "Validation", "a", "b"] {
      #expect(svg.contains(">\(text)</text>"), "\(text)")
    }
    #expect(svg.contains("viewBox=\"0 0 1000 1320\""))
  }

  @Test func `several runs have a chart for each score`() throws {
    let svg = TrainingFigures.figure(
      of: [try run("first"), try run("second", scores: ["a"])], smoothing: 0
    ).svg
    #expect(svg.contains(">Validation: a</text>") && svg.contains(">Validation: b</text>"))
    #expect(svg.contains(">Loss</text>"))
    #expect(svg.components(separatedBy: ">first</text>").count - 1 == 4)
  }

  @Test func `a long log is thinned without losing its extremes`() throws {
    let svg = TrainingFigures.figure(
      of: [try run("long", 50_000, scores: [])], smoothing: 0.9
    ).svg
    #expect(svg.utf8.count < 100_000)
    #expect(svg.contains(">1.0</text>"))
  }
}
