package import NeuralNet
package import Tensors

/// What a model's `config.json` says of its decoder, under the key `decoder`. The size of the
/// regions and the number of words come from the encoder and the vocabulary.
public struct DecoderConfiguration: Codable, Equatable, Sendable {
  public enum Architecture: String, CaseIterable, Sendable {
    /// Show, Attend and Tell: looks at the regions before each word.
    case attention
    /// Show and Tell: sees the pooled embedding once, before the first word.
    case showAndTell = "show-and-tell"
  }

  public enum InitialState: String, CaseIterable, Sendable {
    /// Two linear layers of the regions' mean, `init_h` and `init_c`.
    case mean
    case zero
  }

  public enum EmbeddingActivation: String, CaseIterable, Sendable {
    case none, relu
  }

  public var architecture: Architecture
  /// The size of a word's embedding.
  public var embedding: Int
  /// The size of the LSTM's state.
  public var hidden: Int
  /// What is applied to a word's embedding before the LSTM reads it.
  public var embeddingActivation = EmbeddingActivation.none
  /// The order of the LSTM's gates in the weights; see `GateOrder`.
  package var gateOrder = GateOrder.inputForgetCandidateOutput
  /// How many bias vectors the LSTM has: 0, 1 (`bias_ih`) or 2 (`bias_ih` and `bias_hh`).
  public var biases = 2
  /// What is added to the forget gate when the model runs; 1 for TensorFlow's `BasicLSTMCell`.
  public var forgetBias: Float = 0

  /// The size of the attention's hidden layer.
  public var attention = 0
  /// The function inside the attention.
  package var attentionActivation = VectorMath.AttentionActivation.relu
  /// Whether the attended context is multiplied by σ(f_beta(h)) (arXiv 1502.03044, section 4.2.1).
  public var gate = true
  public var initialState = InitialState.mean
  /// The size to which a linear layer with ReLU brings the regions before anything else, or nil for
  /// no such layer.
  public var regionEmbedding: Int?

  /// Whether the projection of the image has a bias.
  public var imageBias = true
  /// Whether batch normalisation follows the projection of the image.
  public var imageNorm = false
  public var imageNormEpsilon: Float = 1e-5
  /// Whether the LSTM reads the start token after the image (im2txt). If not, its output for the
  /// image is already the first token, which is then usually the start token itself (yunjey's
  /// tutorial).
  public var startInput = true

  /// A Show, Attend and Tell decoder with the defaults of every other value.
  package init(attention: Int, embedding: Int, hidden: Int) {
    architecture = .attention
    self.attention = attention
    self.embedding = embedding
    self.hidden = hidden
  }

  /// A Show and Tell decoder with the defaults of every other value.
  package init(showAndTellEmbedding embedding: Int, hidden: Int) {
    architecture = .showAndTell
    self.embedding = embedding
    self.hidden = hidden
  }

  enum CodingKeys: String, CodingKey {
    case architecture, embedding, hidden, biases, attention, gate
    case embeddingActivation = "embedding_activation"
    case gateOrder = "gate_order"
    case forgetBias = "forget_bias"
    case attentionActivation = "attention_activation"
    case initialState = "initial_state"
    case regionEmbedding = "region_embedding"
    case imageBias = "image_bias"
    case imageNorm = "image_norm"
    case imageNormEpsilon = "image_norm_epsilon"
    case startInput = "start_input"
  }

  /// No layer of a decoder is wider; a larger number in a configuration is a mistake.
  private static let sizes = 1...65_536

  /// - Throws: `DecodingError` for a value that is missing, unknown or out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    architecture = try values.decodeChoice(forKey: .architecture)
    embedding = try values.decodeNumber(forKey: .embedding, in: Self.sizes)
    hidden = try values.decodeNumber(forKey: .hidden, in: Self.sizes)
    embeddingActivation = try values.decodeChoice(
      forKey: .embeddingActivation, fallback: embeddingActivation)
    if let text = try values.decodeIfPresent(String.self, forKey: .gateOrder) {
      guard let order = GateOrder(text) else {
        throw DecodingError.dataCorruptedError(
          forKey: .gateOrder, in: values,
          debugDescription: "“\(text)” is not an order of the letters i, f, g and o")
      }
      gateOrder = order
    }
    biases = try values.decodeNumber(forKey: .biases, in: 0...2, fallback: biases)
    forgetBias = try values.decodeNumber(
      forKey: .forgetBias, in: -100...100, fallback: forgetBias)
    switch architecture {
    case .attention:
      attention = try values.decodeNumber(forKey: .attention, in: Self.sizes)
      attentionActivation = try values.decodeChoice(
        forKey: .attentionActivation, fallback: attentionActivation)
      gate = try values.decodeIfPresent(Bool.self, forKey: .gate) ?? gate
      initialState = try values.decodeChoice(forKey: .initialState, fallback: initialState)
      if values.contains(.regionEmbedding) {
        regionEmbedding = try values.decodeNumber(forKey: .regionEmbedding, in: Self.sizes)
      }
    case .showAndTell:
      imageBias = try values.decodeIfPresent(Bool.self, forKey: .imageBias) ?? imageBias
      imageNorm = try values.decodeIfPresent(Bool.self, forKey: .imageNorm) ?? imageNorm
      imageNormEpsilon = try values.decodeNumber(
        forKey: .imageNormEpsilon, in: 0...1, fallback: imageNormEpsilon)
      startInput = try values.decodeIfPresent(Bool.self, forKey: .startInput) ?? startInput
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(architecture.rawValue, forKey: .architecture)
    try values.encode(embedding, forKey: .embedding)
    try values.encode(hidden, forKey: .hidden)
    try values.encode(embeddingActivation.rawValue, forKey: .embeddingActivation)
    try values.encode(gateOrder.description, forKey: .gateOrder)
    try values.encode(biases, forKey: .biases)
    try values.encode(forgetBias, forKey: .forgetBias)
    switch architecture {
    case .attention:
      try values.encode(attention, forKey: .attention)
      try values.encode(attentionActivation.rawValue, forKey: .attentionActivation)
      try values.encode(gate, forKey: .gate)
      try values.encode(initialState.rawValue, forKey: .initialState)
      try values.encodeIfPresent(regionEmbedding, forKey: .regionEmbedding)
    case .showAndTell:
      try values.encode(imageBias, forKey: .imageBias)
      try values.encode(imageNorm, forKey: .imageNorm)
      try values.encode(imageNormEpsilon, forKey: .imageNormEpsilon)
      try values.encode(startInput, forKey: .startInput)
    }
  }

  /// The decoder with weights.
  ///
  /// - Parameters:
  ///   - channels: the size of a region and of the pooled embedding.
  ///   - vocabularySize: the number of words, and of logits.
  ///   - startToken: the vocabulary's start token.
  ///   - weights: the decoder's parameters, without a prefix.
  /// - Throws: `WeightError` if a parameter is missing or has another shape;
  ///   `CaptioningError.configuration` if the decoder reads a start token and there is none.
  package func makeDecoder(
    channels: Int, vocabularySize: Int, startToken: Int?, weights: WeightReader
  ) throws -> any CaptionDecoder {
    switch architecture {
    case .attention:
      try AttentionDecoder(
        self, channels: channels, vocabularySize: vocabularySize,
        startToken: requireStart(startToken), weights: weights)
    case .showAndTell:
      try ShowAndTellDecoder(
        self, channels: channels, vocabularySize: vocabularySize,
        startToken: startInput ? requireStart(startToken) : nil, weights: weights)
    }
  }

  private func requireStart(_ token: Int?) throws -> Int {
    guard let token else {
      throw CaptioningError.configuration(
        key: "vocabulary.start", reason: "is missing, and the decoder reads a start token")
    }
    return token
  }

  /// The embedding table, with the activation applied once to all of it.
  func loadEmbedding(_ weights: WeightReader, vocabularySize: Int) throws -> Embedding {
    var table = try Embedding(weights["embedding"], tokens: vocabularySize, size: embedding)
    if embeddingActivation == .relu {
      for index in table.weight.elements.indices where table.weight.elements[index] < 0 {
        table.weight.elements[index] = 0
      }
    }
    return table
  }

  func loadCell(_ weights: WeightReader, inputs: Int) throws -> PackedLSTMCell {
    try LSTMCell(
      weights["decode_step"], inputs: inputs, hidden: hidden, gateOrder: gateOrder,
      biases: biases, forgetBias: forgetBias
    ).packed()
  }
}

extension KeyedDecodingContainer {
  /// A value that must be one of a few words.
  ///
  /// - Parameter fallback: stands for an absent key; nil where the key must be there.
  /// - Throws: `DecodingError` that names the allowed words, or the missing key.
  func decodeChoice<Choice: RawRepresentable & CaseIterable>(
    forKey key: Key, fallback: Choice? = nil
  ) throws -> Choice where Choice.RawValue == String {
    if let fallback, !contains(key) { return fallback }
    let text = try decode(String.self, forKey: key)
    guard let choice = Choice(rawValue: text) else {
      let allowed = Choice.allCases.map { "“\($0.rawValue)”" }.joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "“\(text)” is not one of \(allowed)")
    }
    return choice
  }

  /// A number that must lie in a range.
  ///
  /// - Parameter fallback: stands for an absent key; nil where the key must be there.
  /// - Throws: `DecodingError` that names the range, or the missing key.
  func decodeNumber<Number: Decodable & Comparable>(
    forKey key: Key, in range: ClosedRange<Number>, fallback: Number? = nil
  ) throws -> Number {
    if let fallback, !contains(key) { return fallback }
    let number = try decode(Number.self, forKey: key)
    guard range.contains(number) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self,
        debugDescription:
          "\(number) is not between \(range.lowerBound) and \(range.upperBound)")
    }
    return number
  }
}
