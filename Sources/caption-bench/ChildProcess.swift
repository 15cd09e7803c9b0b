import Foundation

/// A process that was run to its end.
struct ChildProcess {
  /// The most memory that it held at a time.
  let peakKilobytes: Int

  /// The program that is built beside this one.
  static var caption: String {
    URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "caption")
      .path
  }

  /// Runs a program without output and waits for it.
  ///
  /// - Throws: `ChildError` if it cannot be started or fails.
  static func run(_ path: String, _ arguments: [String]) throws -> ChildProcess {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var pid = pid_t()
    let list = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for text in list { free(text) } }
    guard posix_spawn(&pid, path, &actions, nil, list, environ) == 0 else {
      throw ChildError.notStarted(path: path)
    }
    var status: Int32 = 0
    var usage = rusage()
    guard wait4(pid, &status, 0, &usage) == pid, status == 0 else {
      throw ChildError.failed(path: path, status: status)
    }
    return ChildProcess(peakKilobytes: usage.ru_maxrss)
  }
}

enum ChildError: Error, CustomStringConvertible {
  case notStarted(path: String)
  case failed(path: String, status: Int32)

  var description: String {
    switch self {
    case .notStarted(let path): "\(path): cannot be started; build it first"
    case .failed(let path, let status): "\(path): failed with status \(status)"
    }
  }
}
