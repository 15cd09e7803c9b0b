public import ArgumentParser
import Batch
public import CaptionTraining
public import Captioning
package import Metrics
import PhotoMetadata
public import Sentiment

extension EncoderOutput: ExpressibleByArgument {}

extension LengthPenalty: ExpressibleByArgument {}

extension Sidecar.Kind: ExpressibleByArgument {}

extension Shard: ExpressibleByArgument {}

extension Metric: ExpressibleByArgument {
  /// By its name in any case.
  package init?(argument: String) {
    let known = Self.allCases.first { $0.rawValue.lowercased() == argument.lowercased() }
    guard let known else { return nil }
    self = known
  }

  package static var allValueStrings: [String] { builtIn.map(\.rawValue) }
}

extension DecoderConfiguration.Architecture: ExpressibleByArgument {}

extension SelfCritical.Baseline: ExpressibleByArgument {}

extension StatePooling: ExpressibleByArgument {}

/// A number as people write it: in decimal digits, and finite. Options of all commands that take a
/// fraction are read by it.
///
/// - Throws: `ValidationError` for anything else, such as “inf”, “nan” and hexadecimal numbers.
func decimalNumber<Number: BinaryFloatingPoint & LosslessStringConvertible>(
  _ text: String
) throws -> Number {
  let isDecimal = text.utf8.allSatisfy {
    (48...57).contains($0) || [UInt8]("+-.eE".utf8).contains($0)
  }
  guard isDecimal, let number = Number(text), number.isFinite else {
    throw ValidationError("it is not a decimal number, or too large a one.")
  }
  return number
}
