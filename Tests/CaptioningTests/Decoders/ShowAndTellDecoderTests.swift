import Captioning
import TestSupport
import Testing

@Suite struct ShowAndTellDecoderTests {
  @Test(arguments: [
    "show-and-tell-norm", "show-and-tell-tensorflow", "show-and-tell-maxout",
    "show-and-tell-without-bias",
  ])
  func `20 steps are PyTorch's`(name: String) throws {
    let references = try DecoderReferences()
    let decoder = try references.decoder(name)
    let (logits, attention) = decoder.forced(
      references.features, tokens: references.tokens,
      state: decoder.makeState(rows: 1, threads: 1))
    #expect(logits.count == 20 * decoder.vocabularySize)
    #expect(relativeError(logits, try references.logits(name)) < 1e-5)
    #expect(attention.isEmpty)
  }
}
