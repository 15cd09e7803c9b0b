import TestSupport
import Testing

@Suite struct AttentionDecoderTests {
  @Test(arguments: [
    "attention", "attention-tanh-without-gate", "attention-ifog", "attention-tensorflow",
    "attention-keras-without-bias", "attention-maxout",
  ])
  func `20 steps are PyTorch's`(name: String) throws {
    let attention = try DecoderReferences().expectSteps(of: name)
    #expect(relativeError(attention.found, try attention.expected()) < 1e-5)
  }
}
