import Foundation

/// One thing that is timed.
struct Benchmark {
  let name: String
  let peerTask: PeerTask?
  /// Whether one run takes so long that it is its own warm-up, and two for each are enough.
  let isLong: Bool
  /// Allocates and warms up.
  let prepare: () throws -> Work

  /// What is timed.
  struct Work {
    /// Multiplications and additions of one run, where they are what counts.
    let operations: Double?
    /// What else there is to say once it has run.
    let remark: (() -> String)?
    let run: () throws -> Void

    init(operations: Double? = nil, remark: (() -> String)? = nil, run: @escaping () throws -> Void)
    {
      self.operations = operations
      self.remark = remark
      self.run = run
    }
  }

  init(
    name: String, peerTask: PeerTask? = nil, isLong: Bool = false,
    prepare: @escaping () throws -> Work
  ) {
    self.name = name
    self.peerTask = peerTask
    self.isLong = isLong
    self.prepare = prepare
  }
}

/// Times of one implementation over all rounds, in milliseconds.
struct Times {
  private(set) var sorted: [Double]

  init(_ milliseconds: [Double]) {
    sorted = milliseconds.sorted()
  }

  var best: Double { sorted.first ?? .nan }
  var median: Double { sorted.isEmpty ? .nan : sorted[sorted.count / 2] }
}

/// Runs a benchmark against its peers in alternating slices, so that all of them meet the same
/// weather on a shared machine.
struct Measurement {
  private let work: Benchmark.Work
  private let ours: Times
  private let peers: [(name: String, times: Times)]

  /// Long enough for the threads of the one that ran before to fall asleep.
  private static let pause: TimeInterval = 0.05

  init(_ benchmark: Benchmark, peers: [Peer], seconds: Double) throws {
    let work = try benchmark.prepare()
    if !benchmark.isLong { try work.run() }
    var taking: [Peer] = []
    if let task = benchmark.peerTask {
      for peer in peers where task.peers.contains(peer.name) {
        if let reason = try peer.prepare(task) {
          FileHandle.standardError.write(
            Data("\(benchmark.name): \(peer.name) is left out: \(reason)\n".utf8))
        } else {
          taking.append(peer)
        }
      }
    }
    let rounds = benchmark.isLong ? 2 : 5
    let slice = benchmark.isLong ? 0 : seconds / Double(rounds)
    var ourTimes: [Double] = []
    var peerTimes = [[Double]](repeating: [], count: taking.count)
    for _ in 0..<rounds {
      Thread.sleep(forTimeInterval: taking.isEmpty ? 0 : Self.pause)
      ourTimes += try Self.time(work.run, seconds: slice)
      for (index, peer) in taking.enumerated() {
        Thread.sleep(forTimeInterval: Self.pause)
        peerTimes[index] += try peer.run(seconds: slice)
      }
    }
    self.work = work
    ours = Times(ourTimes)
    self.peers = zip(taking, peerTimes).map { ($0.name, Times($1)) }
  }

  private static func time(_ work: () throws -> Void, seconds: Double) rethrows -> [Double] {
    let clock = ContinuousClock()
    let start = clock.now
    var times: [Double] = []
    repeat {
      let begin = clock.now
      try work()
      times.append((clock.now - begin) / .milliseconds(1))
    } while (clock.now - start) / .seconds(1) < seconds
    return times
  }

  /// One line: name, best and median, GFLOP/s, and each peer's median as a multiple of ours.
  func line(_ name: String) -> String {
    var line = name.padding(toLength: max(44, name.count), withPad: " ", startingAt: 0)
    line += String(format: " best %8.2f ms  median %8.2f ms", ours.best, ours.median)
    if let operations = work.operations {
      line += String(format: "  %6.1f GFLOP/s", operations / ours.median / 1e6)
    }
    for (peer, times) in peers {
      line += String(
        format: "  \(peer) %.2f ms (%.2f×)", times.median, times.median / ours.median)
    }
    if let remark = work.remark?() { line += "  \(remark)" }
    return line
  }
}
