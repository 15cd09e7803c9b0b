public import ArgumentParser
import Batch
public import Captioning
import PhotoMetadata

extension EncoderOutput: ExpressibleByArgument {}

extension LengthPenalty: ExpressibleByArgument {}

extension Sidecar.Kind: ExpressibleByArgument {}

extension Shard: ExpressibleByArgument {}
