internal import CKernels

/// Floats that start at a cache line, zero at first, and are freed with the buffer.
///
/// A pointer into it is good only while the buffer lives: hold a local buffer with
/// `withExtendedLifetime` until the pointer is no longer used.
///
/// Sendable because its users write to it only before they share it, or each thread to its own
/// part.
package final class AlignedBuffer: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Float>
  package let count: Int
  private let memory: UnsafeMutableRawPointer

  package init(count: Int) {
    memory = ck_allocate_zeros(count)
    base = memory.alignedUp(toMultipleOf: 64).bindMemory(to: Float.self, capacity: count)
    self.count = count
  }

  deinit {
    ck_free(memory)
  }
}
