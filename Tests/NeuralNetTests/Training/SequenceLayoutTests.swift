import NeuralNet
import Testing

@Suite struct SequenceLayoutTests {
  @Test func `the longest sequence comes first, and steps follow each other`() {
    let layout = SequenceLayout(lengths: [2, 3, 0, 2])
    #expect(layout.order == [1, 0, 3, 2])
    #expect(layout.counts == [3, 3, 1])
    #expect(layout.offsets == [0, 3, 6])
    #expect((layout.rows, layout.steps, layout.sequences) == (7, 3, 4))
    #expect(
      layout.packed([["a", "b"], ["c", "d", "e"], [], ["f", "g"]])
        == ["c", "a", "f", "d", "b", "g", "e"])
    #expect(layout.spread([0, 1, 2, 3]) == [1, 0, 3, 1, 0, 3, 1])
  }

  @Test func `there may be nothing`() {
    let layout = SequenceLayout(lengths: [])
    #expect((layout.rows, layout.steps, layout.sequences) == (0, 0, 0))
    #expect(SequenceLayout(lengths: [0, 0]).steps == 0)
    #expect(SequenceLayout(sequences: 2, steps: 3) == SequenceLayout(lengths: [3, 3]))
  }
}
