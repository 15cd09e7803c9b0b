import Batch
import Captioning
import Files
import Foundation
import Imaging
import Store
import Synchronization
import SystemPackage
import TestSupport
import Testing

struct BatchRunnerTests {
  private let folder: TemporaryFolder
  private let captioner: PhotoCaptioner
  private let identity: ModelIdentity
  private let photos: [FilePath]

  /// Twelve pictures, of which the fifth is broken and the ninth the same as the first.
  init() throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    let bundle = try ModelBundle(folder: projectFolder.appending(path: "data/models/embedded").path)
    var options = bundle.configuration.decoding
    options.beamWidth = 1
    captioner = try PhotoCaptioner(Captioner(bundle, threads: 1), options: options)
    identity = try ModelIdentity(bundle, store: nil)
    photos = try (0..<12).map { index in
      let path = FilePath(folder.path).appending("\(index + 10).png")
      let seed = index == 8 ? 0 : index
      var data = RGBImage(
        width: 40, height: 30,
        pixels: (0..<3600).map { UInt8(truncatingIfNeeded: ($0 &* (seed &* 2 &+ 1)) >> 3) }
      ).pngData()
      if index == 4 { data = data.prefix(data.count / 2) }
      try data.write(to: URL(filePath: path.string))
      return path
    }
  }

  private func run(
    _ store: Store, workers: Int = 2, stop: StopFlag = StopFlag(), after: Int? = nil,
    _ change: (inout BatchRunner.Options) -> Void = { _ in }
  ) throws -> [BatchEvent] {
    var options = BatchRunner.Options()
    options.workers = workers
    change(&options)
    let work = try store.work(identity, options: captioner.options.canonical)
    let runner = BatchRunner(store: store, captioner: captioner, work: work, options: options)
    let run = try store.beginRun(.batch, request: "{}", work: work)
    let queue = PhotoQueue(photos, stop: stop)
    let handedOut = Mutex(0)
    var events: [BatchEvent] = []
    try runner.run(
      run,
      photos: {
        let count = handedOut.withLock { count in
          defer { count += 1 }
          return count
        }
        if count == after { stop.raise() }
        return queue.next()
      }, stop: stop, report: { events += $0 })
    try store.endRun(run, stop.isRaised ? .interrupted : .finished)
    return events
  }

  private func summary(_ event: BatchEvent) -> String {
    let name = event.path.lastComponent.map { "\($0)" } ?? ""
    return switch event.kind {
    case .captioned(let caption): "\(name) new \(caption.id) \(caption.caption.text)"
    case .alreadyCaptioned(let caption): "\(name) old \(caption.id) \(caption.caption.text)"
    case .failed(_, let reason): "\(name) failed \(reason)"
    case .failedBefore: "\(name) failed before"
    }
  }

  @Test func orderAndContentDoNotDependOnTheNumberOfWorkers() throws {
    let expected = try run(Store(), workers: 1).map(summary)
    #expect(expected.count == 12)
    #expect(expected[4] == "14.png failed the PNG file is truncated")
    #expect(expected[8].hasPrefix("18.png old 1 "))
    for workers in [2, 3, 7] {
      let events = try run(Store(), workers: workers)
      #expect(events.map(summary) == expected)
    }
  }

  @Test func whatIsDoneIsNotDoneAgain() throws {
    let store = try Store()
    _ = try run(store)
    let again = try run(store)
    #expect(again.map(summary).filter { $0.contains(" old ") }.count == 11)
    #expect(again.map(summary)[4] == "14.png failed before")
    let retried = try run(store) { $0.retriesFailures = true }
    #expect(retried.map(summary)[4] == "14.png failed the PNG file is truncated")
    let redone = try run(store) { $0.redoes = true }
    #expect(redone.map(summary).filter { $0.contains(" new ") }.count == 11)
  }

  @Test func aStoppedBatchGoesOnWhereItStopped() throws {
    let store = try Store()
    let whole = try Store()
    _ = try run(whole)
    let first = try run(store, after: 5)
    #expect(first.count < 12)
    let second = try run(store)
    #expect(second.count == 12)
    #expect(try store.comparableRows() == whole.comparableRows())
  }

  @Test func aLimitCountsWhatWasNotKnown() throws {
    let store = try Store()
    #expect(try run(store) { $0.limit = 3 }.count == 3)
    let next = try run(store) { $0.limit = 3 }
    #expect(next.map(summary).filter { $0.contains(" old ") }.count == 3)
    #expect(next.count == 6)
  }

  @Test func aFileThatWasMovedKeepsItsCaption() throws {
    let store = try Store()
    _ = try run(store)
    let moved = FilePath(folder.path).appending("moved.png")
    try FileManager.default.moveItem(atPath: photos[1].string, toPath: moved.string)
    let work = try store.work(identity, options: captioner.options.canonical)
    let state = try #require(FileState(of: moved))
    #expect(try store.known(moved, state, work) == .unknown)
    let options = BatchRunner.Options()
    let runner = BatchRunner(store: store, captioner: captioner, work: work, options: options)
    let run = try store.beginRun(.batch, request: "{}", work: work)
    let queue = PhotoQueue([moved], stop: StopFlag())
    var events: [BatchEvent] = []
    try runner.run(
      run, photos: { queue.next() }, stop: StopFlag(), report: { events += $0 })
    guard case .alreadyCaptioned(let caption)? = events.first?.kind else {
      Issue.record("it was captioned again")
      return
    }
    #expect(caption.id == 2)
    #expect(try store.known(moved, state, work) == .captioned(caption))
  }
}
