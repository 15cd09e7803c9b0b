import Testing

@Suite struct ShowAndTellDecoderTests {
  @Test(arguments: [
    "show-and-tell-norm", "show-and-tell-tensorflow", "show-and-tell-maxout",
    "show-and-tell-without-bias",
  ])
  func `20 steps are PyTorch's`(name: String) throws {
    #expect(try DecoderReferences().expectSteps(of: name).found.isEmpty)
  }
}
