internal import CKernels

/// Runs `body` for every index below `count` on at most `threads` threads, and returns when all are
/// done.
///
/// Costs a microsecond or two when `threads > 1` and another loop ran just before, and the time
/// that the system takes to wake a thread otherwise: give each thread at least 20 µs of work. A
/// loop inside another one, or beside it, runs on its own thread alone. `body` may write through
/// pointers as long as no two indices write to the same place; the checker cannot see that.
package func parallelFor(_ count: Int, threads: Int, _ body: (Int) -> Void) {
  parallelFor(count, threads: threads) { index, _ in body(index) }
}

/// The same, where `body` also learns which worker below `threads` runs it: no two run as the same
/// worker at once, so that each worker can have scratch memory of its own.
///
/// Worker w begins with the w-th contiguous share of the indices, in every loop the same, so that
/// loops over the same maps find them in the cache of their core; a worker that is done takes over
/// indices of the others, so that a delayed worker costs at most one index's time.
package func parallelFor(_ count: Int, threads: Int, _ body: (_ index: Int, _ worker: Int) -> Void)
{
  if threads <= 1 || count <= 1 {
    for index in 0..<count { body(index, 0) }
    return
  }
  withoutActuallyEscaping(body) { body in
    var body = body
    withUnsafeMutablePointer(to: &body) { body in
      ck_parallel_for(
        count, threads,
        { context, index, worker in
          context.assumingMemoryBound(to: ((Int, Int) -> Void).self).pointee(index, worker)
        }, body)
    }
  }
}

/// What `transform` makes of each element, on at most `threads` threads.
///
/// - Parameter share: how many elements a thread takes at a time.
package func parallelMap<Element: Sendable, Value: Sendable>(
  _ elements: [Element], threads: Int, share: Int = 1, _ transform: @Sendable (Element) -> Value
) -> [Value] {
  let count = elements.count
  var values = [Value?](repeating: nil, count: count)
  values.withUnsafeMutableBufferPointer { values in
    let values = UncheckedSendable(values)
    parallelFor((count + share - 1) / share, threads: threads) { chunk in
      for index in chunk * share..<min(count, (chunk + 1) * share) {
        values.value[index] = transform(elements[index])
      }
    }
  }
  return values.compactMap { $0 }
}

/// Carries a value across threads where the caller, not the compiler, knows that this is safe.
package struct UncheckedSendable<Value>: @unchecked Sendable {
  package let value: Value

  package init(_ value: Value) {
    self.value = value
  }
}
