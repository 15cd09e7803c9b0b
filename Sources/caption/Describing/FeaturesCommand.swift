import ArgumentParser
import Captioning
import Foundation
import Logging
import Tensors

/// `caption features`: what an encoder makes of a photo, as a NumPy file.
struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Write an encoder's features of a photo as a NumPy file.",
    discussion: """
      The file holds float32: the map as [channels, height, width], the embedding and the logits as \
      [numbers].

      EXAMPLES:
        caption features photo.jpg --output features.npy
        caption features photo.jpg --layer embedding --output embedding.npy
        caption features photo.jpg --encoder vgg16 --weights vgg16.safetensors -o f.npy
      """)

  @OptionGroup var photo: EncodedPhotoOptions
  @OptionGroup var messages: VerboseOptions

  @Option(
    help: ArgumentHelp(
      "What to write: the last feature map, the embedding of the whole photo, or the classifier's "
        + "logits.", valueName: "map|embedding|logits"))
  var layer = EncoderOutput.map

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Where to write.", valueName: "file.npy"),
    completion: .file(extensions: ["npy"]))
  var output: String

  @OptionGroup var replacement: ReplacementOptions

  func run() throws {
    let file = try ResultFile(
      path: output, replacement.replacement(by: .array, inputs: photo.inputs))
    let encoder = try photo.encoder(for: layer)
    guard layer != .logits || encoder.encoder.classCount != nil else {
      throw ValidationError("These weights have no classifier, hence no logits.")
    }
    let features = try photo.encoded(by: encoder)
    let channelsFirst = features.map.map {
      $0.transposed.reshaped([$0.shape[1], features.gridHeight, features.gridWidth])
    }
    guard let tensor = channelsFirst ?? features.embedding ?? features.logits else { return }
    try file.write(npyData(tensor))
    try file.finish()
    messages.logger.debug("\(output): float32 \(tensor.shape)")
  }
}

extension Tensor {
  /// A matrix with rows and columns exchanged.
  fileprivate var transposed: Tensor {
    var result = Tensor([shape[1], shape[0]])
    for row in 0..<shape[0] {
      for column in 0..<shape[1] {
        result.elements[column * shape[0] + row] = elements[row * shape[1] + column]
      }
    }
    return result
  }
}
