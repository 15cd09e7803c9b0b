import Captioning
import Foundation
import NeuralNet
import Tensors
import Testing

@Suite struct DecoderConfigurationTests {
  func decode(_ text: String) throws -> DecoderConfiguration {
    try JSONDecoder().decode(DecoderConfiguration.self, from: Data(text.utf8))
  }

  @Test func `absent keys have the defaults of PyTorch's tutorials`() throws {
    let attention = try decode(
      #"{"architecture": "attention", "embedding": 3, "hidden": 4, "attention": 5}"#)
    #expect(attention == DecoderConfiguration(attention: 5, embedding: 3, hidden: 4))
    #expect(attention.gate && attention.biases == 2 && attention.initialState == .mean)
    #expect(attention.gateOrder.description == "ifgo" && attention.attentionActivation == .relu)
    let showAndTell = try decode(
      #"{"architecture": "show-and-tell", "embedding": 3, "hidden": 4}"#)
    #expect(showAndTell == DecoderConfiguration(showAndTellEmbedding: 3, hidden: 4))
    #expect(showAndTell.imageBias && !showAndTell.imageNorm && showAndTell.startInput)
  }

  @Test(arguments: [
    """
    {"architecture": "attention", "embedding": 3, "hidden": 4, "attention": 5,
     "attention_activation": "tanh", "gate": false, "gate_order": "ifogg", "biases": 1,
     "forget_bias": 1, "initial_state": "zero", "region_embedding": 7,
     "embedding_activation": "relu"}
    """,
    """
    {"architecture": "show-and-tell", "embedding": 3, "hidden": 4, "image_bias": false,
     "image_norm": true, "image_norm_epsilon": 0.001, "start_input": false, "gate_order": "ijfo"}
    """,
  ])
  func `what is written is read again`(text: String) throws {
    let configuration = try decode(text)
    let written = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(DecoderConfiguration.self, from: written) == configuration)
  }

  @Test(arguments: [
    (
      #"{"architecture": "transformer", "embedding": 3, "hidden": 4}"#, "architecture",
      "“transformer” is not one of “attention”, “show-and-tell”"
    ),
    (
      #"{"architecture": "show-and-tell", "embedding": 0, "hidden": 4}"#, "embedding",
      "0 is not between 1 and 65536"
    ),
    (
      #"{"architecture": "show-and-tell", "embedding": 3, "hidden": 99999999999}"#, "hidden",
      "99999999999 is not between 1 and 65536"
    ),
    (
      #"{"architecture": "show-and-tell", "embedding": 3, "hidden": 4, "gate_order": "ifgx"}"#,
      "gate_order", "“ifgx” is not an order of the letters i, f, g and o"
    ),
    (
      #"{"architecture": "show-and-tell", "embedding": 3, "hidden": 4, "biases": 3}"#, "biases",
      "3 is not between 0 and 2"
    ),
  ])
  func `a wrong value is named`(text: String, key: String, reason: String) throws {
    let error = #expect(throws: DecodingError.self) { try decode(text) }
    guard case .dataCorrupted(let context) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(context.codingPath.map(\.stringValue) == [key])
    #expect(context.debugDescription == reason)
  }

  @Test(arguments: [
    #"{"embedding": 3, "hidden": 4}"#, #"{"architecture": "attention", "hidden": 4}"#,
    #"{"architecture": "attention", "embedding": 3, "hidden": 4}"#,
  ])
  func `a missing value is an error`(text: String) {
    #expect(throws: DecodingError.self) { try decode(text) }
  }

  @Test func `a decoder that reads a start token needs one`() throws {
    let weights = WeightReader(SeededWeights(seed: 1))
    var configuration = DecoderConfiguration(showAndTellEmbedding: 3, hidden: 4)
    #expect(
      throws: CaptioningError.configuration(
        key: "vocabulary.start", reason: "is missing, and the decoder reads a start token")
    ) {
      try configuration.makeDecoder(
        channels: 5, vocabularySize: 6, startToken: nil, weights: weights)
    }
    configuration.startInput = false
    let decoder = try configuration.makeDecoder(
      channels: 5, vocabularySize: 6, startToken: nil, weights: weights)
    #expect(decoder.channels == 5 && decoder.vocabularySize == 6)
  }
}
