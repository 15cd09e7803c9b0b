import Captioning
import Foundation
import Imaging

/// Captioning folders with the bundled model and a beam of three: the whole program, store
/// included, against a PyTorch script that prints captions.
func batchBenchmarks(threads: Int) -> [Benchmark] {
  [
    batchBenchmark(PhotoSet(count: 500, width: 4000, height: 3000), threads: threads),
    batchBenchmark(PhotoSet(count: 2000, width: 500, height: 375), threads: threads),
    memoryBenchmark(threads: threads),
  ]
}

private func batchBenchmark(_ photos: PhotoSet, threads: Int) -> Benchmark {
  Benchmark(
    name: "batch/\(photos.count) photos of \(photos.width)x\(photos.height)/threads\(threads)",
    peerTask: PeerTask(
      peers: ["pytorch", "pytorch-draft"], name: "batch",
      parameters: [
        "folder": photos.folder, "threads": threads, "beam": 3, "warm": false,
        "model": (try? ModelBundle.find().folder) ?? "",
      ]), isLong: true
  ) {
    try photos.make()
    let batch = BatchRun(folder: photos.folder, threads: threads)
    return Benchmark.Work(remark: {
      String(
        format: "%.1f photos a second, peak memory \(batch.peakKilobytes / 1024) MiB",
        Double(photos.count) / batch.lastSeconds)
    }) { try batch.run() }
  }
}

/// Whether memory grows with the number of photos: the peak of ten times as many.
private func memoryBenchmark(threads: Int) -> Benchmark {
  Benchmark(name: "batch/memory of 500 and 5000 photos", isLong: true) {
    var batches: [BatchRun] = []
    for count in [500, 5000] {
      let photos = PhotoSet(count: count, width: 500, height: 375)
      try photos.make()
      batches.append(BatchRun(folder: photos.folder, threads: threads))
    }
    return Benchmark.Work(remark: {
      "peak memory " + batches.map { "\($0.peakKilobytes / 1024) MiB" }.joined(separator: " and ")
    }) { for batch in batches { try batch.run() } }
  }
}

/// `caption batch` on a folder with a new store each time.
private final class BatchRun {
  private let folder: String
  private let threads: Int
  private(set) var peakKilobytes = 0
  private(set) var lastSeconds = Double.nan

  init(folder: String, threads: Int) {
    self.folder = folder
    self.threads = threads
  }

  func run() throws {
    let store = folder + ".sqlite"
    for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + end) }
    let start = ContinuousClock.now
    let process = try ChildProcess.run(
      ChildProcess.caption,
      ["batch", "--beam", "3", "--threads", "\(threads)", "--store", store, folder])
    lastSeconds = (ContinuousClock.now - start) / .seconds(1)
    peakKilobytes = max(peakKilobytes, process.peakKilobytes)
  }
}

/// A folder of photos in the temporary folder: the samples in one size, each with a comment of its
/// own, so that no two files are equal.
private struct PhotoSet {
  let count: Int
  let width: Int
  let height: Int

  var folder: String {
    FileManager.default.temporaryDirectory
      .appending(path: "caption-bench-\(count)-\(width)x\(height)").path
  }

  /// Makes the folder unless it is there.
  func make() throws {
    let manager = FileManager.default
    guard (try? manager.contentsOfDirectory(atPath: folder).count) != count else { return }
    try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let samples = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../data/samples"
    ).standardized.path
    let originals = try manager.contentsOfDirectory(atPath: samples).sorted().filter {
      $0.hasSuffix(".jpg") || $0.hasSuffix(".png")
    }.map { name in
      let size = ImageSize(width: width, height: height)
      return try ImageDecoder.decode(path: samples + "/" + name)
        .resized(to: size, filter: .bicubic).jpegData(quality: 90)
    }
    for index in 0..<count {
      let original = originals[index % originals.count]
      let comment = Array("photo \(index)".utf8)
      let segment: [UInt8] = [0xFF, 0xFE, 0, UInt8(comment.count + 2)] + comment
      let file = original.prefix(2) + segment + original.dropFirst(2)
      try file.write(
        to: URL(filePath: folder).appending(path: String(format: "%05d.jpg", index)))
    }
  }
}
