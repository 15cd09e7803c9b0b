import Batch
import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and a request to end: the first raises a flag, the second ends the program at once.
final class Interruption: Sendable {
  let flag = StopFlag()
  private let received = Mutex<Int32?>(nil)
  /// Unchecked by hand: written once, in `init`.
  nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

  /// - Parameter message: is said at the first of them.
  init(message: @escaping @Sendable () -> Void) {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        let isFirst = received.withLock { seen in
          defer { seen = seen ?? number }
          return seen == nil
        }
        guard isFirst else { _exit(128 + number) }
        flag.raise()
        message()
      }
      source.activate()
      return source
    }
  }

  /// The exit status that says which of them came; nil if none did.
  var exitStatus: Int32? { received.withLock { $0 }.map { 128 + $0 } }
}
