/// The sizes of a recurrent text model, in its `config.json` under `network`.
public struct TextNetworkConfiguration: Codable, Equatable, Sendable {
  /// Numbers a word.
  public var embedding = 128
  /// Numbers of an LSTM's hidden state, of each direction.
  public var hidden = 256
  public var layers = 1
  /// Whether the text is also read backwards.
  public var isBidirectional = true
  public var pooling = StatePooling.attention
  /// Attention heads, where the states are pooled by attention.
  public var heads = 4
  /// Vectors that the pieces of unknown words share.
  public var buckets = 8192

  public init() {}

  enum CodingKeys: String, CodingKey {
    case embedding, hidden, layers, pooling, heads, buckets
    case isBidirectional = "bidirectional"
  }

  /// “LSTM of 256 in both directions, embedding 128, attention of 4 heads”
  package var summary: String {
    let depth = layers == 1 ? "LSTM" : "\(layers) layers of LSTM"
    let reading = isBidirectional ? "in both directions" : "forwards"
    let end = pooling == .attention ? "attention of \(heads) heads" : "the last state"
    return "\(depth) of \(hidden) \(reading), embedding \(embedding), \(end)"
  }

  /// The size of a step's state: of both directions, where there are two.
  var states: Int { isBidirectional ? 2 * hidden : hidden }

  /// Why this cannot be a network, as half a sentence that names the key; nil if it can.
  package var fault: String? {
    let limits: [(String, Int, ClosedRange<Int>)] = [
      ("embedding", embedding, 1...4096), ("hidden", hidden, 1...8192), ("layers", layers, 1...2),
      ("heads", heads, 1...64), ("buckets", buckets, 1...(1 << 22)),
    ]
    for (name, value, range) in limits where !range.contains(value) {
      return
        "“network.\(name)” is \(value), it must be \(range.lowerBound) to \(range.upperBound)"
    }
    return nil
  }
}
