import Captioning
import Tensors
import TestSupport
import Testing

/// What every decoder promises of its rows.
@Suite struct CaptionDecoderTests {
  @Test(arguments: ["attention", "attention-maxout", "show-and-tell-norm"], [1, 2])
  func `rows follow their parents as if each were alone`(name: String, threads: Int) throws {
    let references = try DecoderReferences()
    let decoder = try references.decoder(name)
    let state = decoder.makeState(rows: 4, threads: threads)
    decoder.start(references.features, in: state)
    // One parent goes on twice, another dies, rows change places, and the number of rows changes.
    let steps: [(parents: [Int], tokens: [Int])] = [
      ([0, 0, 0], [5, 6, 7]), ([2, 0, 2, 0], [8, 9, 10, 11]), ([3, 1], [12, 13]),
      ([0, 1, 1], [14, 15, 16]),
    ]
    var sequences: [[Int]] = [[]]
    for (parents, tokens) in steps {
      decoder.advance(parents: parents, tokens: tokens, in: state)
      sequences = zip(parents, tokens).map { sequences[$0] + [$1] }
      #expect(state.rows == parents.count)
      let (size, regions) = (decoder.vocabularySize, state.regionCount)
      for (row, sequence) in sequences.enumerated() {
        let alone = decoder.forced(
          references.features, tokens: sequence, state: decoder.makeState(rows: 1, threads: 1))
        #expect(
          relativeError(
            Array(state.logits[row * size..<(row + 1) * size]), alone.logits.suffix(size)) < 1e-6)
        #expect(
          relativeError(
            Array(state.attention[row * regions..<(row + 1) * regions]),
            alone.attention.suffix(regions)) < 1e-6)
      }
    }
  }

  @Test(arguments: ["attention", "attention-maxout", "show-and-tell-norm"])
  func `a state takes image after image, of any number of regions`(name: String) throws {
    let references = try DecoderReferences()
    let decoder = try references.decoder(name)
    let state = decoder.makeState(rows: 2, threads: 1)
    for (count, seed) in [(6, 10), (15, 11), (1, 12), (6, 13)] as [(Int, UInt64)] {
      let features = ImageFeatures(
        regions: randomTensor([count, decoder.channels], seed: seed), gridHeight: 1,
        gridWidth: count, pooled: randomTensor([decoder.channels], seed: seed))
      let reused = decoder.forced(features, tokens: [4, 5, 6], state: state)
      let fresh = decoder.forced(
        features, tokens: [4, 5, 6], state: decoder.makeState(rows: 1, threads: 1))
      #expect(reused == fresh)
    }
  }
}
