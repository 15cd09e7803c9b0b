internal import Foundation

/// Hands values from thread to thread in order; who adds waits while it is full.
///
/// Unchecked: everything that changes is used under `condition`'s lock only.
final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var elements: [Element] = []
  private var isClosed = false
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  /// Adds a value; drops it where the queue is closed.
  func add(_ element: Element) {
    condition.withLock {
      while elements.count >= capacity && !isClosed { condition.wait() }
      if !isClosed { elements.append(element) }
      condition.broadcast()
    }
  }

  /// What `next` brings.
  enum Next {
    case element(Element)
    /// Nothing came in time.
    case nothingYet
    /// Nothing will come any more.
    case closed
  }

  /// The value that was added first, waiting for it until the deadline, if there is one.
  func next(before deadline: Date? = nil) -> Next {
    condition.withLock {
      while elements.isEmpty {
        if isClosed { return .closed }
        if let deadline {
          if !condition.wait(until: deadline) { return .nothingYet }
        } else {
          condition.wait()
        }
      }
      condition.broadcast()
      return .element(elements.removeFirst())
    }
  }

  /// Nothing is added any more; what is there is still handed out.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }
}
