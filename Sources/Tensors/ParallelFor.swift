import Dispatch

/// Runs `body` for every index below `count` on at most `threads` threads, and returns when all are
/// done.
///
/// Costs a few microseconds when `threads > 1`: give each index at least 50 µs of work. `body` may
/// write through pointers as long as no two indices write to the same place; the checker cannot see
/// that.
package func parallelFor(_ count: Int, threads: Int, _ body: (Int) -> Void) {
  if threads <= 1 || count <= 1 {
    for index in 0..<count { body(index) }
    return
  }
  withoutActuallyEscaping(body) { body in
    let shared = UncheckedSendable(body)
    let workers = min(threads, count)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      // Contiguous shares: worker w takes [w·count/workers, (w+1)·count/workers).
      for index in (worker * count / workers)..<((worker + 1) * count / workers) {
        shared.value(index)
      }
    }
  }
}

/// Carries a value across threads where the caller, not the compiler, knows that this is safe.
package struct UncheckedSendable<Value>: @unchecked Sendable {
  package let value: Value

  package init(_ value: Value) {
    self.value = value
  }
}
