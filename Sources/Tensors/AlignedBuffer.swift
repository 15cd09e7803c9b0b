internal import CKernels

/// Floats that start at a cache line, zero at first, and are freed with the buffer.
///
/// Sendable because its users write to it only before they share it, or each thread to its own
/// part.
package final class AlignedBuffer: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Float>
  package let count: Int
  private let memory: UnsafeMutableRawPointer

  package init(count: Int) {
    let bytes = max(1, count) * MemoryLayout<Float>.stride
    memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    ck_prefer_large_pages(memory, bytes)
    base = memory.initializeMemory(as: Float.self, repeating: 0, count: count)
    self.count = count
  }

  deinit {
    memory.deallocate()
  }
}
