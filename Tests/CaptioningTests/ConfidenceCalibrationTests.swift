import Captioning
import Foundation
import TestSupport
import Testing

@Suite struct ConfidenceCalibrationTests {
  private let json = """
    {"measure": "CIDEr-D", "threshold": 0.5, "data": ["toy-val", "toy-test"], "captions": 60,
     "intercept": -0.5, "terms": [
       {"feature": "log_probability_per_token", "mean": -1, "deviation": 0.5, "weight": 2},
       {"feature": "lowest_word_log_probability", "mean": -3, "deviation": 2, "weight": 0.25},
       {"feature": "word_count", "mean": 10, "deviation": 4, "weight": -1}]}
    """

  private func read(_ json: String) throws -> ConfidenceCalibration {
    try JSONDecoder().decode(ConfidenceCalibration.self, from: Data(json.utf8))
  }

  /// By hand: features −0.5, −1 and 3; log-odds −0.5 + 2 + 0.25 + 1.75 = 3.5.
  @Test func `features become a chance`() throws {
    let caption = CaptionLikelihood(words: [-0.25, -1, -0.5], sentence: -2)
    let features = ConfidenceCalibration.Feature.allCases
    #expect(features.map { caption[$0] } == [-0.5, -1, 3])
    #expect(try read(json).chance(of: caption) == 1 / (1 + exp(-3.5)))
    #expect(caption.geometricMean == exp(-1.75 / 3))
  }

  @Test func `no words have no chance, and rounding makes nothing certain`() throws {
    let empty = CaptionLikelihood(words: [], sentence: -1)
    #expect(try read(json).chance(of: empty) == 0)
    #expect(empty.geometricMean == 0)
    #expect(CaptionLikelihood(words: [1e-7], sentence: 1e-7).geometricMean == 1)
  }

  @Test func `it is written as it is read`() throws {
    let calibration = try read(json)
    #expect(calibration.data == ["toy-val", "toy-test"] && calibration.captions == 60)
    let written = try JSONEncoder().encode(calibration)
    #expect(try JSONDecoder().decode(ConfidenceCalibration.self, from: written) == calibration)
  }

  @Test(arguments: [
    (#""deviation": 4"#, #""deviation": 0"#), (#""deviation": 4"#, #""deviation": -1"#),
    (#""weight": 2"#, #""weight": 1e999"#), (#""intercept": -0.5"#, #""intercept": 1e999"#),
    (#""word_count""#, #""moon_phase""#), (#""captions": 60,"#, ""),
  ])
  func `numbers that make no sense are refused`(text: String, replacement: String) {
    let changed = json.replacingOccurrences(of: text, with: replacement)
    #expect(changed != json)
    #expect(throws: DecodingError.self) { try read(changed) }
  }

  @Test func `captions have the chance where the model is calibrated, else the mean`() throws {
    let calibration = try JSONSerialization.jsonObject(with: Data(json.utf8))
    func caption(_ calibration: Any?) throws -> Caption {
      let model = try BundledModelCopy { $0["confidence"] = calibration }
      return try Captioner(ModelBundle(folder: model.path), threads: 1)
        .caption(path: projectFolder.appending(path: "data/samples/china.jpg").path)
    }
    let plain = try caption(nil)
    let likelihood = CaptionLikelihood(
      words: plain.words.map { Double($0.logProbability) }, sentence: Double(plain.logProbability))
    #expect(plain.confidence == likelihood.geometricMean)
    let calibrated = try caption(calibration)
    #expect(calibrated.words == plain.words)
    #expect(try calibrated.confidence == read(json).chance(of: likelihood))
  }
}
