public import ArgumentParser
public import Captioning

extension EncoderOutput: ExpressibleByArgument {}

extension LengthPenalty: ExpressibleByArgument {}
