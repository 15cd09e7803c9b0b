internal import Captioning
internal import Imaging
internal import Language
internal import ModelFiles
internal import NeuralNet
internal import Sentiment
internal import Tensors
internal import Training

/// Whether an error is one that people are told of a model.
func isAboutModel(_ error: any Error) throws(FuzzFailure) -> Bool {
  switch error {
  case is ModelFolderError, is WeightError, is VocabularyError, is CaptioningError, is NetworkError,
    is SentimentError, is TrainingError, is WordVectorsError:
    try require(!"\(error)".isEmpty, "an error without words")
    return true
  default: return false
  }
}

/// Opens a captioner and describes a small picture.
func describe(withModelIn folder: String) throws(FuzzFailure) {
  let caption = try allowing(isAboutModel) { () -> Caption? in
    let bundle = try ModelBundle(folder: folder)
    let captioner = try Captioner(bundle, threads: 1)
    let (options, size) = (bundle.configuration.decoding, bundle.configuration.preprocessing)
    // Long searches and large pictures are allowed, but take long.
    guard options.rows * options.maximumLength <= 256, size.width * size.height <= 1 << 14 else {
      return nil
    }
    let pixels = (0..<16 * 16 * 3).map { UInt8(truncatingIfNeeded: $0 * 7) }
    return try captioner.caption(RGBImage(width: 16, height: 16, pixels: pixels))
  }
  guard let caption = caption ?? nil else { return }
  try require(
    caption.logProbability.isFinite && caption.logProbability <= 0,
    "a log probability of \(caption.logProbability)")
  try require(
    (0...1).contains(caption.confidence), "a confidence of \(caption.confidence)")
}

/// Opens a classifier and classifies a text.
func classify(withModelIn folder: String) throws(FuzzFailure) {
  let sentiment = try allowing(isAboutModel) {
    try SentimentClassifier(ModelFolder(path: folder)).explain("a good film and unseenword")
  }
  guard let (sentiment, _) = sentiment else { return }
  let sum = sentiment.probabilities.reduce(0, +)
  try require(abs(sum - 1) < 1e-3, "probabilities \(sentiment.probabilities)")
  _ = try allowing(isAboutModel) { try TextModelStart(ModelFolder(path: folder)) }
}
