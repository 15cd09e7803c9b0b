package import Foundation

/// Works on several elements of a stream at once and gives the results in the stream's order, each
/// as soon as it and all before it are there.
///
/// Few elements are under way at a time, so that memory does not grow with their number.
///
/// - Parameters:
///   - threads: how many elements are worked on at once.
///   - element: brings the next element, nil when there are no more; is called on a thread of its
///     own.
///   - transform: is called on any of several threads.
///   - body: takes the results, on the caller's thread. When it returns or throws, no more elements
///     are begun; what is under way is waited for, also `element`.
/// - Throws: what `body` throws.
package func withOrderedMap<Element: Sendable, Value: Sendable, Result>(
  threads: Int, of element: @escaping @Sendable () throws -> Element?,
  _ transform: @escaping @Sendable (Element) -> Value,
  _ body: (OrderedResults<Element, Value>) throws -> Result
) throws -> Result {
  let results = OrderedResults(threads: threads, element, transform)
  defer { results.end() }
  return try body(results)
}

/// The results of an ordered map.
package final class OrderedResults<Element: Sendable, Value: Sendable>: @unchecked Sendable {
  /// What `next` brings.
  package enum Next {
    case result(Value)
    /// Nothing came in time.
    case nothingYet
    /// Nothing will come any more.
    case end
  }

  // Unchecked: everything below `condition` is used with it locked.
  private let element: @Sendable () throws -> Element?
  private let transform: @Sendable (Element) -> Value
  private let capacity: Int
  private let condition = NSCondition()
  private var waiting: [(number: Int, element: Element)] = []
  private var ready: [Int: Value] = [:]
  /// How many elements there have been, and how many results were taken.
  private var (begun, taken) = (0, 0)
  /// Whether no more elements come, and why, if it is for a failure.
  private var isComplete = false
  private var failure: (any Error)?
  private var isAbandoned = false
  private var runningThreads = 0

  fileprivate init(
    threads: Int, _ element: @escaping @Sendable () throws -> Element?,
    _ transform: @escaping @Sendable (Element) -> Value
  ) {
    precondition(threads >= 1, "a map on \(threads) threads")
    self.element = element
    self.transform = transform
    // A slow element keeps the results after it waiting; the others may go on for a while.
    capacity = 2 * threads + 2
    start { $0.read() }
    for _ in 0..<threads { start { $0.work() } }
  }

  private func start(_ work: @escaping @Sendable (OrderedResults) -> Void) {
    condition.withLock { runningThreads += 1 }
    let thread = Thread { [self] in
      work(self)
      condition.withLock {
        runningThreads -= 1
        condition.broadcast()
      }
    }
    // Codecs need more than a new thread's usual half megabyte.
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// The result of the next element, waiting for it until the deadline, if there is one.
  ///
  /// - Throws: what bringing the element threw; then nothing else comes.
  package func next(before deadline: Date?) throws -> Next {
    try condition.withLock {
      while true {
        if let value = ready.removeValue(forKey: taken) {
          taken += 1
          condition.broadcast()
          return .result(value)
        }
        if isComplete, taken == begun {
          if let failure { throw failure }
          return .end
        }
        if let deadline {
          if !condition.wait(until: deadline) { return .nothingYet }
        } else {
          condition.wait()
        }
      }
    }
  }

  /// The result of the next element; nil when there are no more.
  ///
  /// - Throws: as `next(before:)`.
  package func next() throws -> Value? {
    guard case .result(let value) = try next(before: nil) else { return nil }
    return value
  }

  /// Brings elements while few are under way.
  private func read() {
    while condition.withLock({ () -> Bool in
      while begun - taken >= capacity, !isAbandoned { condition.wait() }
      return !isAbandoned
    }) {
      let brought = Result { try element() }
      let isLast = condition.withLock { () -> Bool in
        defer { condition.broadcast() }
        switch brought {
        case .success(let element?):
          waiting.append((begun, element))
          begun += 1
          return false
        case .success(nil): break
        case .failure(let error): failure = error
        }
        isComplete = true
        return true
      }
      if isLast { return }
    }
  }

  private func work() {
    while let (number, element) = nextElement() {
      let value = transform(element)
      condition.withLock {
        ready[number] = value
        condition.broadcast()
      }
    }
  }

  private func nextElement() -> (number: Int, element: Element)? {
    condition.withLock {
      while waiting.isEmpty, !isComplete, !isAbandoned { condition.wait() }
      return isAbandoned || waiting.isEmpty ? nil : waiting.removeFirst()
    }
  }

  /// Begins nothing more, and waits until nothing is under way.
  fileprivate func end() {
    condition.withLock {
      isAbandoned = true
      condition.broadcast()
      while runningThreads > 0 { condition.wait() }
    }
  }
}
