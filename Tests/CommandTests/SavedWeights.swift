import Captioning
import Foundation
import Synchronization
import Tensors
import TestSupport

/// A safetensors file of random weights for a named encoder, under torchvision's names.
func savedWeights(_ encoder: String, outputs: Set<EncoderOutput>) throws -> TemporaryFile {
  let recorder = RecordingWeights()
  _ = try ImageEncoder(
    configuration: .named(encoder), weights: WeightReader(recorder), outputs: outputs)
  let file = try TemporaryFile(Data(), extension: "safetensors")
  try writeSafetensors(recorder.tensors.withLock { $0 }, to: file.path)
  return file
}

/// Seeded weights that remember what they were asked for.
private final class RecordingWeights: WeightSource {
  let tensors = Mutex<[String: Tensor]>([:])
  private let seeded = SeededWeights(seed: 5)

  func shape(of name: String) -> Shape? { nil }

  func contains(_ name: String) -> Bool { true }

  func tensor(_ name: String, shape: Shape) -> Tensor {
    let tensor = seeded.tensor(name, shape: shape)
    tensors.withLock { $0[name] = tensor }
    return tensor
  }
}
