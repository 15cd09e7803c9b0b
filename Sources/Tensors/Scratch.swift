/// Memory for the time of one call, aligned to cache lines, with whatever numbers it held before.
struct Scratch {
  let base: UnsafeMutablePointer<Float>

  init(count: Int) {
    base = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: 64
    ).bindMemory(to: Float.self, capacity: max(1, count))
  }

  func free() {
    UnsafeMutableRawPointer(base).deallocate()
  }
}
