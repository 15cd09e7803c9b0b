public import ArgumentParser
public import Captioning
import PhotoMetadata

extension EncoderOutput: ExpressibleByArgument {}

extension LengthPenalty: ExpressibleByArgument {}

extension Sidecar.Kind: ExpressibleByArgument {}
