import CaptionTraining
import Captioning
import Foundation
import Language
import ModelFiles
import TestSupport

/// A model with a small decoder with attention, which knows the words of some captions.
///
/// - Parameter maximumLength: the most tokens of a caption, its end included.
func toyModel(words captions: [[String]], maximumLength: Int) throws -> CaptionModel {
  var words = CaptionWords()
  for captions in captions { words.add(captions) }
  var decoding = DecodingOptions()
  decoding.maximumLength = maximumLength
  return CaptionModel(
    name: "toy",
    encoder: EncoderSource(
      try ModelBundle(folder: projectFolder.appending(path: "data/models/embedded").path)),
    decoder: DecoderConfiguration(attention: 12, embedding: 12, hidden: 24),
    vocabulary: try words.vocabulary(atLeast: 1, file: ModelFolder.vocabularyFile),
    decoding: decoding)
}
