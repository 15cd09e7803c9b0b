internal import Synchronization

/// Values that change while they are used, each by one thread at a time, and are used again.
final class Idle<Value>: Sendable {
  /// Unchecked: a value is used by one thread at a time, the one that took it from `values`.
  private struct Box: @unchecked Sendable {
    let value: Value
  }

  private let values = Mutex<[Box]>([])

  /// Uses a value that nobody else does, made now where none is idle that fits; one that does not
  /// fit is dropped.
  func with<Result>(
    fitting fits: (Value) -> Bool = { _ in true }, make: () -> Value,
    _ body: (Value) throws -> Result
  ) rethrows -> Result {
    let idle = values.withLock { $0.popLast() }.flatMap { fits($0.value) ? $0 : nil }
    let box = idle ?? Box(value: make())
    defer { values.withLock { $0.append(box) } }
    return try body(box.value)
  }
}
