import Captioning
import Foundation
import Tensors
import TestSupport

/// A safetensors file of random weights for a named encoder, under torchvision's names.
func savedWeights(_ encoder: String, outputs: Set<EncoderOutput>) throws -> TemporaryFile {
  let recorder = RecordingWeights()
  _ = try ImageEncoder(
    configuration: .named(encoder), weights: WeightReader(recorder), outputs: outputs)
  let file = try TemporaryFile(Data(), extension: "safetensors")
  try writeSafetensors(recorder.tensors, to: file.path)
  return file
}
