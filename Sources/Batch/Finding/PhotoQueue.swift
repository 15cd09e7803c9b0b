internal import Files
package import PhotoFinding
internal import Store
internal import Synchronization
package import SystemPackage

/// Brings the photos of a batch one by one: those that are there and, if asked, those that arrive.
package final class PhotoQueue: Sendable {
  private struct State {
    var photos: [FilePath]
    var next = 0
    /// What was handed out, so that a photo found twice is tried once; kept while watching only.
    var handedOut: [FilePath: FileState] = [:]
    var failure: WatchError?
  }

  private let state: Mutex<State>
  private let watcher: FolderWatcher?
  private let stop: StopFlag
  private let admits: @Sendable (PhotoFinder.Found) -> Bool

  /// - Parameters:
  ///   - photos: those that are there.
  ///   - watcher: tells of more; nil where there will be none.
  ///   - admits: which of those to take.
  package init(
    _ photos: [FilePath], watcher: FolderWatcher? = nil, stop: StopFlag,
    admits: @escaping @Sendable (PhotoFinder.Found) -> Bool = { _ in true }
  ) {
    state = Mutex(State(photos: photos))
    self.watcher = watcher
    self.stop = stop
    self.admits = admits
  }

  /// Why watching ended, if it was for a failure.
  package var failure: WatchError? { state.withLock { $0.failure } }

  /// The next photo; waits for one while folders are watched. Nil when there are no more.
  package func next() -> FilePath? {
    while !stop.isRaised {
      let photo = state.withLock { state -> FilePath? in
        while state.next < state.photos.count {
          let photo = state.photos[state.next]
          state.next += 1
          guard watcher != nil, let now = FileState(of: photo) else { return photo }
          if state.handedOut.updateValue(now, forKey: photo) != now { return photo }
        }
        return nil
      }
      if let photo { return photo }
      guard let watcher else { return nil }
      do {
        let arrived = try watcher.arrivals().filter(admits).map(\.path)
        state.withLock {
          $0.photos = arrived
          $0.next = 0
        }
      } catch {
        state.withLock { $0.failure = error as? WatchError }
        return nil
      }
    }
    return nil
  }
}
