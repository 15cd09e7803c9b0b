internal import CKernels
import Dispatch

/// Runs `body` for every index below `count` on at most `threads` threads, and returns when all are
/// done.
///
/// Costs a few microseconds when `threads > 1`: give each thread at least 50 µs of work. `body` may
/// write through pointers as long as no two indices write to the same place; the checker cannot see
/// that.
package func parallelFor(_ count: Int, threads: Int, _ body: (Int) -> Void) {
  parallelFor(count, threads: threads) { index, _ in body(index) }
}

/// The same, where `body` also learns which worker below `threads` runs it: no two run as the same
/// worker at once, so that each worker can have scratch memory of its own.
///
/// Workers take the next index when they are done with one, so that a worker that the system delays
/// costs at most one index's time.
package func parallelFor(_ count: Int, threads: Int, _ body: (_ index: Int, _ worker: Int) -> Void)
{
  if threads <= 1 || count <= 1 {
    for index in 0..<count { body(index, 0) }
    return
  }
  var next = 0
  withUnsafeMutablePointer(to: &next) { next in
    let next = UncheckedSendable(next)
    withoutActuallyEscaping(body) { body in
      let shared = UncheckedSendable(body)
      DispatchQueue.concurrentPerform(iterations: min(threads, count)) { worker in
        while true {
          let index = ck_take_next(next.value)
          if index >= count { break }
          shared.value(index, worker)
        }
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
