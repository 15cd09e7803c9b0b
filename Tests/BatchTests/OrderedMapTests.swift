import Batch
import Foundation
import Synchronization
import Testing

struct OrderedMapTests {
  private struct Failure: Error {}

  /// Numbers from 0 on, and how many of them there have been.
  private final class Numbers: Sendable {
    private let count: Int
    private let given = Mutex(0)
    let atOnce = Mutex((now: 0, most: 0))

    init(_ count: Int) { self.count = count }

    var asked: Int { given.withLock(\.self) }

    func next() -> Int? {
      given.withLock { given in
        guard given < count else { return nil }
        given += 1
        return given - 1
      }
    }
  }

  @Test(arguments: [1, 2, 5])
  func `results come in order, however long they take`(threads: Int) throws {
    let numbers = Numbers(100)
    let results = try withOrderedMap(threads: threads) {
      numbers.next()
    } _: { number in
      numbers.atOnce.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      usleep(UInt32(number % 7 == 0 ? 5000 : 100))
      numbers.atOnce.withLock { $0.now -= 1 }
      return number * number
    } _: { results in
      var all: [Int] = []
      while let result = try results.next() { all.append(result) }
      return all
    }
    #expect(results == (0..<100).map { $0 * $0 })
    #expect(numbers.atOnce.withLock(\.most) <= threads)
  }

  @Test func `a result waits for nothing behind it`() throws {
    let numbers = Numbers(20)
    let taken = Mutex(0)
    let results = try withOrderedMap(threads: 4) { () -> Int? in
      // The next number comes only when the results of all before it have been taken.
      let deadline = ContinuousClock.now + .seconds(10)
      while taken.withLock(\.self) < numbers.asked {
        guard .now < deadline else { return nil }
        usleep(50)
      }
      return numbers.next()
    } _: {
      $0
    } _: { results in
      var all: [Int] = []
      while let result = try results.next() {
        all.append(result)
        taken.withLock { $0 += 1 }
      }
      return all
    }
    #expect(results == Array(0..<20))
  }

  @Test func `few elements are under way, however slowly results are taken`() throws {
    let numbers = Numbers(1000)
    try withOrderedMap(threads: 2) {
      numbers.next()
    } _: {
      $0
    } _: { results in
      for taken in 1...5 {
        _ = try results.next()
        usleep(20_000)
        #expect(numbers.asked <= taken + 6)
      }
    }
    // Nor does anything begin when nobody takes results any more.
    let asked = numbers.asked
    usleep(20_000)
    #expect(numbers.asked == asked && asked < 20)
  }

  @Test func `a failure to bring an element comes after the results before it`() throws {
    let numbers = Numbers(3)
    var all: [Int] = []
    #expect(throws: Failure.self) {
      try withOrderedMap(threads: 2) { () -> Int? in
        guard let number = numbers.next() else { throw Failure() }
        return number
      } _: { number in
        usleep(2_000)
        return number
      } _: { results in
        while let result = try results.next() { all.append(result) }
      }
    }
    #expect(all == [0, 1, 2])
  }

  @Test func `who takes the results may stop by an error`() {
    let numbers = Numbers(1000)
    #expect(throws: Failure.self) {
      try withOrderedMap(threads: 3) {
        numbers.next()
      } _: {
        $0
      } _: { results in
        _ = try results.next()
        throw Failure()
      }
    }
    #expect(numbers.asked < 20)
  }

  @Test func `a deadline passes while nothing comes`() throws {
    let isOver = Mutex(false)
    try withOrderedMap(threads: 1) { () -> Int? in
      while !isOver.withLock(\.self) { usleep(1_000) }
      return nil
    } _: {
      $0
    } _: { results in
      guard case .nothingYet = try results.next(before: Date(timeIntervalSinceNow: 0.01)) else {
        Issue.record("something came")
        return
      }
      isOver.withLock { $0 = true }
      #expect(try results.next() == nil)
    }
  }
}
