import ArgumentParser
import Figures
import Foundation

/// Where a figure is written, as SVG or PNG by the file's name.
struct PlotFile: ExpressibleByArgument {
  private let path: String
  private let isSVG: Bool

  init?(argument: String) {
    let name = argument.lowercased()
    guard name.hasSuffix(".svg") || name.hasSuffix(".png") else { return nil }
    path = argument
    isSVG = name.hasSuffix(".svg")
  }

  /// - Throws: `FileError.notWritten`.
  func write(_ figure: Figure) throws {
    try ResultFile.write(isSVG ? Data(figure.svg.utf8) : figure.png(), to: path)
  }
}
