internal import Captioning
internal import Foundation
internal import Language
internal import Sentiment
internal import Training

/// Reads a file as a model's configuration, as its words and as what else is text beside models.
struct ConfigurationTarget: FuzzTarget {
  private let models: TinyModels
  private let place: FuzzPlace
  private let configuration: (captioner: [UInt8], sentiment: [UInt8])
  private let vocabulary: (captioner: [UInt8], sentiment: [UInt8])

  init(_ place: FuzzPlace) throws {
    self.place = place
    models = try TinyModels(place)
    configuration = (
      try place.reference("models/captioner/config.json"),
      try place.reference("models/sentiment/config.json")
    )
    vocabulary = (
      try place.reference("models/captioner/vocabulary.txt"),
      try place.reference("models/sentiment/vocabulary.txt")
    )
  }

  func run(_ input: [UInt8]) throws(FuzzFailure) {
    if input.first == UInt8(ascii: "{") {
      try place.write(input, to: "captioner/config.json")
      try place.write(input, to: "sentiment/config.json")
      try describe(withModelIn: models.captioner)
      try classify(withModelIn: models.sentiment)
      try decode(DecodingOptions.self, input) { try? $0.validate() }
      try decode(NamingConfiguration.self, input) { try? $0.validate() }
      try decode(ConfidenceCalibration.self, input) { _ in }
      try place.write(configuration.captioner, to: "captioner/config.json")
      try place.write(configuration.sentiment, to: "sentiment/config.json")
    } else {
      try place.write(input, to: "captioner/vocabulary.txt")
      try place.write(input, to: "sentiment/vocabulary.txt")
      try describe(withModelIn: models.captioner)
      try classify(withModelIn: models.sentiment)
      try place.write(vocabulary.captioner, to: "captioner/vocabulary.txt")
      try place.write(vocabulary.sentiment, to: "sentiment/vocabulary.txt")
    }
    try place.write(input, to: "file")
    let path = place.scratch + "/file"
    _ = try allowing(isAboutModel) { try TrainingLog.read(path: path) }
    let vectors = try allowing(isAboutModel) {
      try WordVectors(path: path, words: ["the", "a", "film", "dog"])
    }
    for (word, vector) in vectors?.vectors ?? [:] {
      try require(vector.count == vectors?.size, "“\(word)” has \(vector.count) numbers")
      try require(vector.allSatisfy(\.isFinite), "“\(word)” has numbers beyond all")
    }
    _ = LengthPenalty(String(decoding: input, as: UTF8.self))
    try nouns(input)
  }

  private func decode<Value: Decodable>(
    _ type: Value.Type, _ input: [UInt8], _ use: (Value) -> Void
  ) throws(FuzzFailure) {
    let value = try allowing(DecodingError.self) {
      try JSONDecoder().decode(type, from: Data(input))
    }
    if let value { use(value) }
  }

  /// What captions call classes, a line for each.
  private func nouns(_ input: [UInt8]) throws(FuzzFailure) {
    let lines = String(decoding: input, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map(String.init)
    _ = try allowing(isAboutModel) {
      let configuration = try JSONDecoder().decode(
        ModelConfiguration.self, from: Data(configuration.captioner)
      ).vocabulary
      let nouns = try ClassNouns(
        NamingConfiguration(nouns: "nouns.txt", threshold: 0.5), lines: lines,
        vocabulary: Vocabulary(
          path: models.captioner + "/vocabulary.txt", configuration: configuration))
      _ = nouns.noun(of: lines.indices.map { Float($0) })
    }
  }
}
