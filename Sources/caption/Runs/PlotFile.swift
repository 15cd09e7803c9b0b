import ArgumentParser
import Figures
import Foundation
import SystemPackage

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

  /// - Parameter inputs: the files that the command reads.
  /// - Throws: as `ResultFile.init`.
  func open(_ options: ReplacementOptions, inputs: [FilePath] = []) throws -> OpenPlot {
    let kind: FileKind = isSVG ? .drawing : .figure
    return OpenPlot(
      file: try ResultFile(path: path, options.replacement(by: kind, inputs: inputs)), isSVG: isSVG)
  }
}

/// A place that may be drawn on.
struct OpenPlot {
  fileprivate let file: ResultFile
  fileprivate let isSVG: Bool

  /// - Throws: `FileError.notWritten`.
  func write(_ figure: Figure) throws {
    try file.write(isSVG ? Data(figure.svg.utf8) : figure.png())
    try file.finish()
  }
}
