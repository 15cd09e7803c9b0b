import Foundation
import Testing

@testable import Fuzzing

@Suite struct MutatorJSONTests {
  private let text = Array(#"{"a": [1, 2, {"b": "c"}], "d": null}"#.utf8)

  @Test func `a changed text is still JSON`() throws {
    let changed = (0..<UInt64(100)).compactMap { number -> [UInt8]? in
      var mutator = Mutator(seed: number)
      return mutator.json(text)
    }
    #expect((60...90).contains(changed.count))
    for text in changed {
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text)) }
    }
    #expect(Set(changed).count > 30)
  }

  @Test func `of a value a line one is changed, and of other texts none`() throws {
    var mutator = Mutator(seed: 3)
    let changed = (0..<20).compactMap { _ in mutator.json(text + [10] + text) }
    #expect(!changed.isEmpty)
    #expect(changed.allSatisfy { $0.split(separator: 10).count == 2 })
    #expect((0..<20).allSatisfy { _ in mutator.json(Array("a dog".utf8)) == nil })
  }

  @Test func `a changed header of weights says its length`() throws {
    let header = Array(#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.utf8)
    let file = [UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header + [1, 2, 3, 4]
    let changed = (0..<UInt64(40)).compactMap { number -> [UInt8]? in
      var mutator = Mutator(seed: number)
      return mutator.safetensors(file)
    }
    #expect(changed.count > 10)
    for file in changed {
      let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      #expect(length == file.count - 12)
      #expect(file.suffix(4) == [1, 2, 3, 4])
    }
  }
}
