import Foundation

/// Another implementation, timed in a process of its own by `Scripts/bench_peer.py`; idle between
/// requests.
final class Peer {
  let name: String
  private let process = Process()
  private let requests = Pipe()
  private let answers: FileHandle
  private var unread = Data()

  /// - Throws: Foundation's error if the Python interpreter cannot be started.
  init(name: String, python: String, script: String) throws {
    self.name = name
    let output = Pipe()
    answers = output.fileHandleForReading
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python, script]
    process.standardInput = requests
    process.standardOutput = output
    try process.run()
  }

  deinit {
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Makes the peer ready for a task; returns the reason where it is not able to.
  func prepare(_ task: PeerTask) throws -> String? {
    var request = task.parameters
    request["prepare"] = task.name
    request["peer"] = name
    return try ask(request)["absent"] as? String
  }

  /// Repeats the prepared task for about so many seconds, at least once.
  ///
  /// - Returns: milliseconds of each repetition.
  func run(seconds: Double) throws -> [Double] {
    try ask(["run": seconds])["milliseconds"] as? [Double] ?? []
  }

  private func ask(_ request: [String: Any]) throws -> [String: Any] {
    var line = try JSONSerialization.data(withJSONObject: request)
    line.append(UInt8(ascii: "\n"))
    try requests.fileHandleForWriting.write(contentsOf: line)
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let answer = try JSONSerialization.jsonObject(with: unread[..<end])
        unread = Data(unread[(end + 1)...])
        return answer as? [String: Any] ?? [:]
      }
      let more = answers.availableData
      guard !more.isEmpty else { throw PeerError.ended(name: name) }
      unread += more
    }
  }
}

/// A task in the terms of `Scripts/bench_peer.py`.
struct PeerTask {
  /// The peers that can do it.
  let peers: [String]
  let name: String
  let parameters: [String: Any]
}

enum PeerError: Error, CustomStringConvertible {
  case ended(name: String)

  var description: String {
    switch self {
    case .ended(let name): "the \(name) process ended; see its message above"
    }
  }
}
