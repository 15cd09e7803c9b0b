import NeuralNet
import TestSupport
import Tensors
import Testing

@Suite struct SequencePoolingTests {
  let layout = SequenceLayout(lengths: [3, 5, 1, 4])
  let input = randomTensor([13, 6], seed: 1)
  let slope = randomTensor([4, 6], seed: 2)

  // Scripts/references/training.py, pooling
  @Test(arguments: SequencePooling.allCases)
  func `mean and maximum are PyTorch's`(pooling: SequencePooling) throws {
    let golden = try TrainingReferences("pooling-\(pooling.rawValue)")
    try golden.expect(pooling(input, layout), "output")
    try golden.expect(pooling.backward(slope, input: input, layout), "input")
  }

  @Test(arguments: SequencePooling.allCases)
  func `of nothing they are zeros`(pooling: SequencePooling) {
    let layout = SequenceLayout(lengths: [0, 1])
    #expect(
      pooling(Tensor([1, 2], [-3, 4]), layout) == Tensor([2, 2], [0, 0, -3, 4]))
    #expect(
      pooling.backward(Tensor(repeating: 1, [2, 2]), input: Tensor([1, 2]), layout)
        == Tensor(repeating: 1, [1, 2]))
  }
}
