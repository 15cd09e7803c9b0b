internal import Dispatch
internal import Synchronization

/// Runs `body` on ranges that together are `0..<count`, on at most `threads` threads.
///
/// - Returns: what `body` returned, in the order of the ranges, whoever was done first.
func mapChunks<Result: Sendable>(
  of count: Int, size: Int, threads: Int, _ body: @Sendable (Range<Int>) -> Result
) -> [Result] {
  let chunks = (count + size - 1) / size
  let results = Mutex<[Result?]>(Array(repeating: nil, count: chunks))
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: max(1, min(threads, chunks))) { _ in
    while case let chunk = next.add(1, ordering: .relaxed).oldValue, chunk < chunks {
      let result = body(chunk * size..<min((chunk + 1) * size, count))
      results.withLock { $0[chunk] = result }
    }
  }
  return results.withLock { $0.compactMap { $0 } }
}
