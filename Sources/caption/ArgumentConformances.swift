public import ArgumentParser
import Batch
public import Captioning
public import Metrics
import PhotoMetadata

extension EncoderOutput: ExpressibleByArgument {}

extension LengthPenalty: ExpressibleByArgument {}

extension Sidecar.Kind: ExpressibleByArgument {}

extension Shard: ExpressibleByArgument {}

extension Metric: ExpressibleByArgument {
  /// By its name in any case.
  public init?(argument: String) {
    let known = Self.allCases.first { $0.rawValue.lowercased() == argument.lowercased() }
    guard let known else { return nil }
    self = known
  }

  public static var allValueStrings: [String] { builtIn.map(\.rawValue) }
}

extension DecoderConfiguration.Architecture: ExpressibleByArgument {}
