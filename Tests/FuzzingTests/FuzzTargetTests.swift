import Foundation
import Fuzzing
import TestSupport
import Testing

@Suite struct FuzzTargetTests {
  private static let references = reference("fuzzing").path

  /// The inputs that fuzzing begins with, in the order of their names.
  private func seeds(_ name: FuzzTargets) throws -> [(name: String, bytes: [UInt8])] {
    let folder = Self.references + "/" + name.rawValue
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map {
      ($0, Array(try Data(contentsOf: URL(filePath: folder + "/" + $0))))
    }
  }

  // What libFuzzer does for longer, see Scripts/fuzz.
  @Test(arguments: FuzzTargets.allCases)
  func `what strangers made ends in a result or in a sentence`(_ name: FuzzTargets) throws {
    let folder = try TemporaryFolder()
    let target = try name.make(FuzzPlace(references: Self.references, scratch: folder.path))
    let seeds = try seeds(name)
    #expect(!seeds.isEmpty)
    for seed in seeds {
      #expect(throws: Never.self, "\(seed.name)") { try target.run(seed.bytes) }
    }
    for number in 0..<UInt64(40) {
      let seed = seeds[Int(number) % seeds.count]
      let input =
        name.mutated(seed.bytes, limit: 1 << 20, seed: number)
        ?? FuzzTargets.mutatedAnyhow(seed.bytes, seed: number)
      #expect(throws: Never.self, "change \(number) of \(seed.name)") { try target.run(input) }
    }
  }

  @Test(arguments: FuzzTargets.allCases)
  func `the same seed makes the same input, another another`(_ name: FuzzTargets) throws {
    let seeds = try seeds(name)
    let first = seeds[0].bytes
    func changes(_ seeds: Range<UInt64>) -> [[UInt8]] {
      seeds.map {
        name.mutated(first, limit: 1 << 20, seed: $0)
          ?? FuzzTargets.mutatedAnyhow(first, seed: $0)
      }
    }
    #expect(changes(0..<20) == changes(0..<20))
    #expect(Set(changes(0..<20)).count > 10)
    let limit = first.count + 10
    for seed in 0..<UInt64(50) {
      #expect(name.mutated(first, limit: limit, seed: seed)?.count ?? 0 <= limit)
      #expect(name.spliced(first, first, limit: limit, seed: seed).count <= limit)
    }
  }
}
