internal import Synchronization

/// Tells a batch to finish what it has begun and begin nothing more.
package final class StopFlag: Sendable {
  private let flag = Atomic(false)

  package init() {}

  package var isRaised: Bool { flag.load(ordering: .relaxed) }

  package func raise() { flag.store(true, ordering: .relaxed) }
}
