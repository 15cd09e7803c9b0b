import ArgumentParser
import Figures
import Foundation

/// Where a figure is written, as SVG or PNG by the file's name.
struct PlotFile: ExpressibleByArgument {
  let path: String
  private let isSVG: Bool

  /// Where nothing else is said.
  static let standard = PlotFile(path: "training.svg", isSVG: true)

  private init(path: String, isSVG: Bool) {
    self.path = path
    self.isSVG = isSVG
  }

  init?(argument: String) {
    let name = argument.lowercased()
    guard name.hasSuffix(".svg") || name.hasSuffix(".png") else { return nil }
    self.init(path: argument, isSVG: name.hasSuffix(".svg"))
  }

  var defaultValueDescription: String { path }

  /// - Throws: `FileError.notWritten`.
  func write(_ figure: Figure) throws {
    try ResultFile.write(isSVG ? Data(figure.svg.utf8) : figure.png(), to: path)
  }
}
