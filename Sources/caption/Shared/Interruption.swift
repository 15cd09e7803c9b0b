import Batch
import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and a request to end, heeded for a while: the first raises a flag, the second ends the
/// program at once.
final class Interruption: Sendable {
  let flag = StopFlag()
  fileprivate let message: @Sendable () -> Void

  /// Heeds signals from now on, until `end`, and says so at the first unless it is to be quiet.
  convenience init(isQuiet: Bool, _ action: String = "finishing what is under way") {
    self.init { if !isQuiet { note("\(action); once more stops at once") } }
  }

  /// Heeds signals from now on, until `end`.
  ///
  /// - Parameter message: is said at the first of them.
  init(message: @escaping @Sendable () -> Void) {
    self.message = message
    SignalReceiver.shared.heeding(self)
  }

  /// The exit status that says which of them came; nil if none did.
  var exitStatus: Int32? { SignalReceiver.shared.exitStatus }

  /// From now on a signal ends the program at once.
  func end() { SignalReceiver.shared.heeding(nil) }
}

/// Receives SIGINT and SIGTERM for the whole process.
///
/// There is one: on Linux a second `DispatchSourceSignal` for a signal whose first source was freed
/// never fires.
final class SignalReceiver: Sendable {
  static let shared = SignalReceiver()

  private struct State {
    var received: Int32?
    /// Who is told of the first signal; nil where that ends the program, too.
    var heeding: Interruption?
    /// Files that nobody wants if the program ends before they are complete.
    var unfinished: Set<String> = []
  }

  private static let signals = [SIGINT, SIGTERM]

  private let state = Mutex(State())
  /// Queues of their own: those of the system are full while all processors are busy.
  private let queue = DispatchQueue(label: "caption.signals")
  private let messages = DispatchQueue(label: "caption.signals.messages")
  /// Unchecked by hand: written once, in `init`.
  nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

  private init() {
    let registered = DispatchGroup()
    sources = Self.signals.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [self] in receive(number) }
      registered.enter()
      source.setRegistrationHandler { registered.leave() }
      source.activate()
      return source
    }
    // A signal that came before would be lost.
    registered.wait()
  }

  /// Lets signals end the program until somebody heeds them, also where its parent had it ignore
  /// them, as shells do with what scripts start in the background.
  static func letSignalsEndTheProgram() {
    for number in signals { signal(number, SIG_DFL) }
  }

  var exitStatus: Int32? { state.withLock { $0.received }.map { 128 + $0 } }

  fileprivate func heeding(_ interruption: Interruption?) {
    let isLate = state.withLock { state in
      state.heeding = interruption
      return state.received != nil
    }
    if isLate { interruption?.flag.raise() }
  }

  /// Removes the file if a signal ends the program, unless `keep` comes first.
  func removeAtEnd(_ path: String) { state.withLock { _ = $0.unfinished.insert(path) } }

  func keep(_ path: String) { state.withLock { _ = $0.unfinished.remove(path) } }

  private func receive(_ number: Int32) {
    let heeding = state.withLock { state in
      defer { state.received = state.received ?? number }
      return state.received == nil ? state.heeding : nil
    }
    guard let heeding else { endAtOnce(number) }
    heeding.flag.raise()
    // Standard error may keep it waiting; the next signal must not wait with it.
    messages.async { heeding.message() }
  }

  private func endAtOnce(_ number: Int32) -> Never {
    state.withLock { state in
      for path in state.unfinished { unlink(path) }
      _exit(128 + number)
    }
  }
}
