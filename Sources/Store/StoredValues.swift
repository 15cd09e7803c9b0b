internal import Files
package import Foundation
package import SystemPackage

/// The time as it is stored: UTC, sortable as text.
package struct Timestamp: Sendable {
  package let text: String

  package static var now: Timestamp { Timestamp(Date.now) }

  /// - Parameter date: to the nearest millisecond.
  package init(_ date: Date) {
    // Formatting cuts what is behind the milliseconds off, and no date holds them exactly: 68 ms
    // would come out as 67.
    let milliseconds = (date.timeIntervalSinceReferenceDate * 1000).rounded()
    let safe = Date(timeIntervalSinceReferenceDate: (milliseconds + 0.25) / 1000)
    text =
      safe.formatted(
        .iso8601.year().month().day().dateTimeSeparator(.standard)
          .time(includingFractionalSeconds: true)) + "Z"
  }
}

extension FilePath {
  /// The path as it is stored.
  package var data: Data { withPlatformString { Data(bytes: $0, count: length) } }

  /// A path as it was stored.
  package init(data: Data) {
    // Cut at the first zero byte, which no path can have.
    self = (Data(data.prefix { $0 != 0 }) + [0]).withUnsafeBytes { bytes in
      guard let start = bytes.assumingMemoryBound(to: CChar.self).baseAddress else {
        return FilePath()
      }
      return FilePath(platformString: start)
    }
  }
}

extension ContentHash {
  /// The hash as it is stored.
  var data: Data { Data(bytes) }

  /// A hash as it was stored; nil unless there are 32 bytes.
  init?(data: Data) { self.init(bytes: Array(data)) }
}
