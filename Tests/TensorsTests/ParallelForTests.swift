import Tensors
import Testing

@Suite struct ParallelForTests {
  @Test func `Every index runs once, whatever the numbers of indices and threads`() {
    for count in [0, 1, 2, 7, 1000] {
      for threads in [0, 1, 2, 3, 16] {
        let calls = UnsafeMutablePointer<Int>.allocate(capacity: count + 1)
        defer { calls.deallocate() }
        calls.initialize(repeating: 0, count: count + 1)
        parallelFor(count, threads: threads) { calls[$0] += 1 }
        #expect((0..<count).allSatisfy { calls[$0] == 1 })
        #expect(calls[count] == 0)
      }
    }
  }

  @Test func `No two calls share a worker at a time`() {
    let busy = UnsafeMutablePointer<Int>.allocate(capacity: 3)
    let collisions = UnsafeMutablePointer<Int>.allocate(capacity: 3)
    defer {
      busy.deallocate()
      collisions.deallocate()
    }
    busy.initialize(repeating: 0, count: 3)
    collisions.initialize(repeating: 0, count: 3)
    parallelFor(2000, threads: 3) { _, worker in
      if busy[worker] != 0 { collisions[worker] += 1 }
      busy[worker] = 1
      // Some time for another call to meet this one.
      for _ in 0..<100 { busy[worker] += 1 }
      busy[worker] = 0
    }
    #expect((0..<3).allSatisfy { collisions[$0] == 0 })
  }
}
