internal import Foundation

/// Works on several elements of a stream at once and gives the results away in the stream's order,
/// each as soon as it and all before it are there.
package final class OrderedPool<Element: Sendable, Result: Sendable>: @unchecked Sendable {
  // Unchecked: everything below `condition` is used with it locked.
  private let work: @Sendable (Element) -> Result
  private let deliver: @Sendable (Result) -> Void
  private let capacity: Int
  private let condition = NSCondition()
  private var waiting: [(number: Int, element: Element)] = []
  private var ready: [Int: Result] = [:]
  private var submitted = 0
  private var delivered = 0
  private var isDelivering = false
  private var isClosed = false

  /// - Parameters:
  ///   - threads: how many elements are worked on at once.
  ///   - work: is called on any of the threads.
  ///   - deliver: is called on any of the threads, but never twice at a time.
  package init(
    threads: Int, work: @escaping @Sendable (Element) -> Result,
    deliver: @escaping @Sendable (Result) -> Void
  ) {
    precondition(threads >= 1, "a pool of \(threads) threads")
    self.work = work
    self.deliver = deliver
    // A slow element keeps the results after it waiting; the others may go on for a while.
    capacity = 4 * threads
    for _ in 0..<threads {
      let thread = Thread { [self] in run() }
      // Codecs need more than a new thread's usual half megabyte.
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Hands over the stream's next element; waits while too many are under way.
  package func submit(_ element: Element) {
    condition.lock()
    defer { condition.unlock() }
    while submitted - delivered >= capacity { condition.wait() }
    waiting.append((submitted, element))
    submitted += 1
    condition.broadcast()
  }

  /// Waits until all results have been delivered; the pool cannot be used again.
  package func finish() {
    condition.lock()
    defer { condition.unlock() }
    isClosed = true
    condition.broadcast()
    while delivered < submitted { condition.wait() }
  }

  private func run() {
    condition.lock()
    defer { condition.unlock() }
    while true {
      while waiting.isEmpty {
        if isClosed { return }
        condition.wait()
      }
      let (number, element) = waiting.removeFirst()
      condition.unlock()
      let result = work(element)
      condition.lock()
      ready[number] = result
      deliverReady()
    }
  }

  /// Called with the lock held, which is released while results are delivered.
  private func deliverReady() {
    guard !isDelivering else { return }
    isDelivering = true
    while let result = ready.removeValue(forKey: delivered) {
      condition.unlock()
      deliver(result)
      condition.lock()
      delivered += 1
      condition.broadcast()
    }
    isDelivering = false
  }
}
