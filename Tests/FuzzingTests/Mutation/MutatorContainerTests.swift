import Foundation
import Imaging
import TestSupport
import Testing

@testable import Fuzzing

@Suite struct MutatorContainerTests {
  private func seed(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: reference("fuzzing/photos/" + name)))
  }

  // A decoder looks at nothing behind a wrong checksum or length.
  @Test(arguments: ["palette.png", "described.webp", "described.jpg", "described.heic"])
  func `many changed pictures can still be read`(_ name: String) throws {
    let bytes = try seed(name)
    let changed = (0..<UInt64(60)).map { number in
      var mutator = Mutator(seed: number)
      return mutator.container(bytes)
    }
    #expect(changed.count { $0 != bytes } > 50)
    let readable = changed.count {
      $0 != bytes && (try? ImageDecoder.decode(bytes: $0, name: "file")) != nil
    }
    #expect(readable > 6, "\(readable) of 60")
    #expect(readable < 55, "\(readable) of 60")
  }

  @Test func `a piece of one file gets into another of its kind`() throws {
    let (plain, described) = (try seed("palette.png"), try seed("described.png"))
    let spliced = (0..<UInt64(60)).map { number in
      var mutator = Mutator(seed: number)
      return mutator.spliced(plain, described)
    }
    let hasText = spliced.count { String(decoding: $0, as: UTF8.self).contains("iTXt") }
    #expect(hasText > 3)
    #expect(spliced.contains { (try? ImageDecoder.decode(bytes: $0, name: "file")) != nil })
  }
}
