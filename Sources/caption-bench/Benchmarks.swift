import Captioning
import Foundation
import Imaging
import Language
import NeuralNet
import SystemPackage
import Tensors

/// Everything that is timed, in the order in which it is printed.
///
/// - Parameter threads: the numbers of threads to time the networks on.
func allBenchmarks(threads: [Int]) -> [Benchmark] {
  var result: [Benchmark] = []
  for count in threads {
    for batch in [1, 8] {
      for name in EncoderConfiguration.names {
        result.append(encoderBenchmark(name, batch: batch, threads: count))
      }
    }
    result.append(attentionStepBenchmark(threads: count))
    result.append(wholeCaptionBenchmark(threads: count))
    result += trainingBenchmarks(threads: count)
  }
  result += [
    loadBenchmark(), jpegBenchmark(), resizeBenchmark(), coldStartBenchmark(), searchBenchmark(),
    sentimentSearchBenchmark(), sentimentWordSearchBenchmark(),
    similarBenchmark(),
  ]
  result += scoreBenchmarks(threads: threads.max() ?? 1)
  for count in threads { result += sentimentBenchmarks(threads: count) }
  return result + batchBenchmarks(threads: threads.max() ?? 1)
}

/// One forward pass to the logits, with random weights.
private func encoderBenchmark(_ name: String, batch: Int, threads: Int) -> Benchmark {
  let configuration = EncoderConfiguration(architecture: name)
  let side = configuration.imageSide
  let channels = name == "lenet5" ? 1 : 3
  return Benchmark(
    name: "encoder/\(name)/batch\(batch)/threads\(threads)",
    peerTask: PeerTask(
      peers: ["onnxruntime", "pytorch"], name: "encoder",
      parameters: [
        "name": name, "batch": batch, "channels": channels, "side": side, "threads": threads,
      ])
  ) {
    let encoder = try ImageEncoder(
      configuration: configuration, weights: WeightReader(SeededWeights(seed: 1)),
      expectedImage: (side, side))
    let scratch = encoder.makeScratch(threads: threads)
    let images = randomImages([batch, channels, side, side])
    let operations = encoder.operationCount(outputs: [.logits], height: side, width: side)
    return Benchmark.Work(operations: operations.map { Double($0 * batch) }) {
      _ = try encoder.encode(images, outputs: [.logits], scratch: scratch)
    }
  }
}

/// One step of the bundled model's attention decoder for a beam of five.
private func attentionStepBenchmark(threads: Int) -> Benchmark {
  let rows = 5
  return Benchmark(
    name: "attention-step/beam\(rows)/threads\(threads)",
    peerTask: PeerTask(
      peers: ["pytorch"], name: "attention-step",
      parameters: [
        "rows": rows, "regions": 25, "channels": 256, "embedding": 256, "hidden": 512,
        "attention": 256, "vocabulary": 2892, "threads": threads,
      ])
  ) {
    let bundle = try ModelBundle.find()
    let configuration = bundle.configuration
    let channels = configuration.encoder.channels ?? 256
    let decoder = try configuration.decoder.makeDecoder(
      channels: channels, vocabularySize: bundle.vocabulary.count,
      startToken: configuration.vocabulary.start, weights: WeightReader(bundle.weights)["decoder"])
    let state = decoder.makeState(rows: rows, threads: threads)
    decoder.start(
      ImageFeatures(
        regions: randomImages([25, channels]), gridHeight: 5, gridWidth: 5,
        pooled: randomImages([channels])), in: state)
    let tokens = (0..<rows).map { 4 + $0 }
    decoder.advance(parents: [Int](repeating: 0, count: rows), tokens: tokens, in: state)
    return Benchmark.Work {
      decoder.advance(parents: Array(0..<rows), tokens: tokens, in: state)
    }
  }
}

/// From a decoded photo to its sentence with the bundled model.
private func wholeCaptionBenchmark(threads: Int) -> Benchmark {
  Benchmark(name: "caption/beam5/threads\(threads)") {
    let captioner = try Captioner(threads: threads)
    let photo = noisePhoto(width: 640, height: 480)
    return Benchmark.Work { _ = try captioner.caption(photo) }
  }
}

/// Reading the bundled model and arranging its weights.
private func loadBenchmark() -> Benchmark {
  Benchmark(name: "load/embedded") { Benchmark.Work { _ = try Captioner() } }
}

/// Decoding a photo of twelve megapixels as the bundled model needs it.
private func jpegBenchmark() -> Benchmark {
  let path = FileManager.default.temporaryDirectory.appending(path: "caption-bench-12mp.jpg").path
  return Benchmark(
    name: "jpeg-decode/4000x3000",
    peerTask: PeerTask(
      peers: ["pillow"], name: "jpeg", parameters: ["path": path, "minimum": 320])
  ) {
    try writeLargePhoto(to: path)
    let bytes = try ImageDecoder.readAll(FilePath(path))
    return Benchmark.Work {
      _ = try ImageDecoder.decode(
        bytes: bytes, name: path, minimumSize: ImageSize(width: 320, height: 320))
    }
  }
}

private func resizeBenchmark() -> Benchmark {
  Benchmark(
    name: "resize/640x480-to-224x224",
    peerTask: PeerTask(
      peers: ["pillow"], name: "resize", parameters: ["from": [640, 480], "to": [224, 224]])
  ) {
    let photo = noisePhoto(width: 640, height: 480)
    return Benchmark.Work {
      _ = photo.resized(to: ImageSize(width: 224, height: 224), filter: .bilinear)
    }
  }
}

/// The whole program on a photo of twelve megapixels: a new process each time, and the greatest
/// memory that it held.
private func coldStartBenchmark() -> Benchmark {
  Benchmark(name: "process/4000x3000.jpg") {
    let path = FileManager.default.temporaryDirectory.appending(path: "caption-bench-12mp.jpg").path
    try writeLargePhoto(to: path)
    let executable = ChildProcess.caption
    let arguments = ["--no-store", path]
    let kilobytes = try ChildProcess.run(executable, arguments).peakKilobytes
    return Benchmark.Work(remark: { "peak memory \(kilobytes / 1024) MiB" }) {
      _ = try ChildProcess.run(executable, arguments)
    }
  }
}

/// Numbers in [−1, 1).
private func randomImages(_ shape: Shape) -> Tensor {
  var random = SeededRandom(seed: 1)
  return Tensor(shape, (0..<shape.count).map { _ in random.uniform() * 2 - 1 })
}

/// A photo-like picture: coarse noise, enlarged, with some fine noise over it.
private func noisePhoto(width: Int, height: Int) -> RGBImage {
  var random = SeededRandom(seed: 1)
  let coarse = RGBImage(
    width: 40, height: 30, pixels: (0..<40 * 30 * 3).map { _ in UInt8(random.uniform() * 255) })
  var photo = coarse.resized(to: ImageSize(width: width, height: height), filter: .bicubic)
  for index in photo.pixels.indices {
    let value = Float(photo.pixels[index]) + random.uniform() * 24 - 12
    photo.pixels[index] = UInt8(max(0, min(255, value)))
  }
  return photo
}

private func writeLargePhoto(to path: String) throws {
  guard !FileManager.default.fileExists(atPath: path) else { return }
  let data = noisePhoto(width: 4000, height: 3000).jpegData(quality: 90)
  try data.write(to: URL(filePath: path), options: .atomic)
}
