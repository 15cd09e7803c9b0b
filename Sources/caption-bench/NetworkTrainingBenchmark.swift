import Captioning
import NeuralNet
import Tensors

/// A whole step of ResNet-18 on 32 images of 128 × 128: forward, loss over 1000 classes, backward and
/// gradient descent with momentum.
func networkTrainingBenchmark(threads: Int) -> Benchmark {
  let (batch, side) = (32, 128)
  return Benchmark(
    name: "train/resnet18/batch\(batch)/threads\(threads)",
    peerTask: PeerTask(
      peers: ["pytorch"], name: "network-training",
      parameters: ["name": "resnet18", "batch": batch, "side": side, "threads": threads])
  ) {
    var random = SeededRandom(seed: 1)
    var network = try TrainableEncoder(
      configuration: .named("resnet18"), weights: WeightReader(InitialWeights(seed: 1)),
      outputs: [.logits])
    var gradients = network.zeros()
    var optimizer = Optimizer(.descent(momentum: 0.9))
    let images = Tensor(uniform: [batch, 3, side, side], bound: 1, random: &random)
    let targets = (0..<batch).map { _ in Int.random(in: 0..<1000, using: &random) }
    // 1.8 billion multiplications and additions at 224 × 224; the first layer needs no gradient of
    // its input.
    return Benchmark.Work(operations: 6 * 1.814e9 * Double(batch * side * side) / (224 * 224)) {
      gradients.reset()
      let trace = try network.forward(images, random: &random, threads: threads)
      let (_, slope) = SoftmaxCrossEntropy()(trace.logits, targets: targets, threads: threads)
      network.backward(trace, logits: slope, gradients: &gradients, threads: threads)
      optimizer.update(&network, gradients, rate: 0.01, threads: threads)
    }
  }
}
