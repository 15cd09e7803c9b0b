import Batch
import Foundation
import Synchronization
import Testing

struct OrderedPoolTests {
  private final class Results: Sendable {
    let all = Mutex<[Int]>([])
    let atOnce = Mutex((now: 0, most: 0))
  }

  @Test(arguments: [1, 2, 5])
  func resultsComeInOrderHoweverLongTheyTake(threads: Int) {
    let results = Results()
    let pool = OrderedPool<Int, Int>(threads: threads) { number in
      results.atOnce.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      usleep(UInt32(number % 7 == 0 ? 5000 : 100))
      results.atOnce.withLock { $0.now -= 1 }
      return number * number
    } deliver: { result in
      results.all.withLock { $0.append(result) }
    }
    for number in 0..<100 { pool.submit(number) }
    pool.finish()
    #expect(results.all.withLock(\.self) == (0..<100).map { $0 * $0 })
    #expect(results.atOnce.withLock(\.most) <= threads)
  }

  @Test func aResultWaitsForNothingBehindIt() {
    let results = Results()
    let pool = OrderedPool<Int, Int>(threads: 4) {
      $0
    } deliver: { result in
      results.all.withLock { $0.append(result) }
    }
    for number in 0..<20 {
      pool.submit(number)
      let deadline = ContinuousClock.now + .seconds(10)
      while results.all.withLock(\.count) <= number, .now < deadline { usleep(50) }
      #expect(results.all.withLock(\.last) == number)
    }
    pool.finish()
  }
}
