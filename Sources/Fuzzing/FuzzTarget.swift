internal import Foundation

/// Something of the program that reads what strangers have made. What it is fed has to end in a
/// result or in an error for people, whatever it is; targets know what else must hold.
package protocol FuzzTarget: Sendable {
  init(_ place: FuzzPlace) throws

  /// - Throws: `FuzzFailure`.
  func run(_ input: [UInt8]) throws(FuzzFailure)
}

/// Where targets find what they need.
package struct FuzzPlace: Sendable {
  /// `data/references/fuzzing`.
  let references: String
  /// An empty folder to work in.
  let scratch: String

  package init(references: String, scratch: String) {
    self.references = references
    self.scratch = scratch
  }

  /// - Throws: Foundation's error.
  func reference(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: references + "/" + name)))
  }

  /// - Throws: `FuzzFailure`.
  func write(_ bytes: some Collection<UInt8>, to name: String) throws(FuzzFailure) {
    do {
      try Data(bytes).write(to: URL(filePath: scratch + "/" + name))
    } catch {
      throw FuzzFailure(description: "the scratch file \(name): \(error)")
    }
  }
}

/// All targets by their names.
package enum FuzzTargets: String, CaseIterable, Sendable {
  case tokenizer, datasets, photos, weights, configurations, stores

  package func make(_ place: FuzzPlace) throws -> any FuzzTarget {
    switch self {
    case .tokenizer: TokenizerTarget(place)
    case .datasets: try DatasetTarget(place)
    case .photos: try PhotoTarget(place)
    case .weights: try WeightTarget(place)
    case .configurations: try ConfigurationTarget(place)
    case .stores: try StoreTarget(place)
    }
  }

  /// A change of an input that keeps what of its form a reader looks at first; nil where changing
  /// bytes will do.
  package func mutated(_ input: [UInt8], limit: Int, seed: UInt64) -> [UInt8]? {
    var mutator = Mutator(seed: seed)
    let result: [UInt8]? =
      switch self {
      case .tokenizer, .stores: nil
      case .photos: mutator.container(input)
      case .weights: mutator.safetensors(input)
      case .datasets, .configurations: mutator.json(input)
      }
    guard let result, result.count <= limit else { return nil }
    return result
  }

  /// Changes of an input whose form does not matter.
  package static func mutatedAnyhow(_ input: [UInt8], seed: UInt64) -> [UInt8] {
    var mutator = Mutator(seed: seed)
    return mutator.bytes(input)
  }

  /// One input of two.
  package func spliced(
    _ first: [UInt8], _ second: [UInt8], limit: Int, seed: UInt64
  ) -> [UInt8] {
    var mutator = Mutator(seed: seed)
    return Array(mutator.spliced(first, second).prefix(limit))
  }
}
