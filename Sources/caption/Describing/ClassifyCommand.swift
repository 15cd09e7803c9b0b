import Algorithms
import ArgumentParser
import Captioning
import Foundation
import ModelFiles
import Tensors

/// `caption classify`: the likeliest classes of a photo.
struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Print the likeliest classes of a photo, for weights with a classifier.",
    discussion: """
      Prints probability, a tab and label, likeliest first. Labels are ImageNet's where there are \
      1,000 classes, unless a file of labels is given.

      EXAMPLE:
        caption classify photo.jpg --encoder resnet50 --weights resnet50.safetensors
      """)

  @OptionGroup var photo: EncodedPhotoOptions

  @Option(
    help: ArgumentHelp("The classes' names, one a line in their order.", valueName: "file"),
    completion: .file())
  var labels: String?

  @Option(help: "How many classes to print.")
  var top = 5

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top takes a number of at least 1, not \(top).") }
  }

  func run() throws {
    let encoder = try photo.encoder(for: .logits)
    guard let classCount = encoder.encoder.classCount else {
      throw ValidationError(
        "These weights have no classifier; name others with --encoder and --weights.")
    }
    let names = try labelNames(classCount)
    let probabilities = softmax(try photo.encoded(by: encoder).logits?.elements ?? [])
    let best = probabilities.indices.min(count: top) { probabilities[$0] > probabilities[$1] }
    for index in best {
      try printLine(String(format: "%.4f\t", probabilities[index]) + Table.escaped(names[index]))
    }
  }

  /// One name for each class; its number where there are no labels.
  private func labelNames(_ count: Int) throws -> [String] {
    let path = labels ?? (count == 1000 ? DataFolders.standard.vocabulary("imagenet1k.txt") : nil)
    guard let path else { return (0..<count).map(String.init) }
    let names = try readLines(path)
    guard names.count == count else {
      throw FileError.malformed(
        path: path, reason: "it has \(names.count) labels for \(count) classes")
    }
    return names
  }

  private func softmax(_ logits: [Float]) -> [Double] {
    let greatest = Double(logits.max() ?? 0)
    let weights = logits.map { exp(Double($0) - greatest) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}
