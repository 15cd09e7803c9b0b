import ArgumentParser
import Foundation
import Tensors

/// Times the parts of the program, side by side with other programs where they are installed.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "caption-bench",
    abstract: "Time networks, decoding, images, scores and the whole program.",
    discussion: """
      Prints best and median milliseconds, GFLOP/s of the median, and for each peer how many times \
      as long it takes (medians; above 1 we are faster). With --peer every benchmark alternates \
      with ONNX Runtime, PyTorch, Pillow or pycocoevalcap in short slices, in processes of their \
      own.

      EXAMPLES:
        caption-bench --filter resnet50
        caption-bench --peer ~/venv/bin/python --filter encoder/
      """)

  @Option(help: "Time only benchmarks whose names contain this text.")
  var filter = ""

  @Option(
    help: ArgumentHelp(
      "Compare with peers under this Python, which has torch, torchvision, onnx, onnxruntime, "
        + "pillow or pycocoevalcap.", valueName: "python"))
  var peer: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("The numbers of threads to time networks on.", valueName: "count"))
  var threads = [1, 2]

  @Option(help: "How many seconds each benchmark takes, for us and for each peer.")
  var seconds = 2.0

  @Flag(help: "List the benchmarks' names and stop.")
  var list = false

  func validate() throws {
    guard threads.allSatisfy((1...256).contains) else {
      throw ValidationError("--threads takes numbers from 1 to 256.")
    }
    guard seconds > 0 && seconds <= 3600 else {
      throw ValidationError("--seconds takes a number up to 3600.")
    }
  }

  func run() throws {
    let chosen = allBenchmarks(threads: threads).filter {
      filter.isEmpty || $0.name.contains(filter)
    }
    guard !list else {
      for benchmark in chosen { print(benchmark.name) }
      return
    }
    let script = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Scripts/bench_peer.py").path
    let wanted = Set(chosen.flatMap { $0.peerTask?.peers ?? [] })
    let peers = try peer.map { python in
      try wanted.sorted().map { try Peer(name: $0, python: python, script: script) }
    }
    print("# \(Machine.description)")
    for benchmark in chosen {
      let measured = try Measurement(benchmark, peers: peers ?? [], seconds: seconds)
      print(measured.line(benchmark.name))
      fflush(nil)
    }
  }
}

/// The machine that numbers were measured on.
enum Machine {
  /// Processor, instruction set of the kernels, and cores.
  static var description: String {
    let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let fields = information.split(separator: "\n").map {
      $0.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    func first(_ key: String) -> String? {
      fields.first { $0.first == key && $0.count > 1 }?[1]
    }
    let model = first("model name") ?? "unknown processor"
    let family = first("cpu family").map { ", family \($0)" } ?? ""
    let number = first("model").map { " model \($0)" } ?? ""
    return "\(model)\(family)\(number), \(Kernels.best) kernels, "
      + "\(ProcessInfo.processInfo.activeProcessorCount) cores"
  }
}
