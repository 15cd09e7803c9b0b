internal import Foundation

/// What PyTorch makes of a sample photo with the bundled model's weights: data/references/embedded,
/// which Scripts/references/embedded.py writes.
package struct EmbeddedReference: Decodable {
  /// The best caption of a search.
  package struct Search: Decodable {
    package let tokens: [Int]
    /// The words, in lower case.
    package let text: String
    /// The mean log probability of the words, END included.
    package let score: Double

    /// As the program prints it.
    package var sentence: String { text.prefix(1).uppercased() + text.dropFirst() + "." }
  }

  package let beam1: Search
  package let beam3: Search
  package let beam5: Search
  /// Of the caption of beam 5, END included.
  package let logProbability: Double

  enum CodingKeys: String, CodingKey {
    case beam1 = "beam_1"
    case beam3 = "beam_3"
    case beam5 = "beam_5"
    case logProbability = "log_probability"
  }

  /// - Parameter photo: such as `astronaut`.
  package init(_ photo: String) throws {
    self = try JSONDecoder().decode(
      EmbeddedReference.self, from: Data(contentsOf: reference("embedded/\(photo)/captions.json")))
  }
}
