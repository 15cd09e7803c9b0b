import PhotoMetadata
import Tensors
import TestSupport
import Testing

struct ReverseDeltaTests {
  private func roundTrip(_ old: [UInt8], _ new: [UInt8]) throws -> Int {
    let serialized = ReverseDelta(from: old, to: new).serialized
    let delta = try ReverseDelta(serialized: serialized, name: "photo")
    #expect(try delta.apply(to: new, name: "photo") == old)
    #expect(delta.originalCount == old.count)
    return serialized.count
  }

  @Test(arguments: photoNames)
  func `undoing a description takes a few bytes and leads back exactly`(_ name: String) throws {
    let original = try photo(name)
    let written = try described(original, "Two dogs run over a beach.")
    let size = try roundTrip(original, written)
    let again = try described(written, "A cat sleeps on a chair.", model: "other")
    let sizeAgain = try roundTrip(written, again)
    // What XMP there was is in it, at most 8 KB in these files, and never the picture.
    #expect(size < 9000, "\(size) bytes")
    #expect(sizeAgain < 4000, "\(sizeAgain) bytes")
    #expect(try roundTrip(original, again) < 9000)
  }

  @Test func `pieces that moved are found again`() throws {
    var random = SeededRandom(seed: 5)
    let old = (0..<100_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    let moved = Array(old[50_000...] + [1, 2, 3] + old[..<50_000])
    #expect(try roundTrip(old, moved) < 100)
    var changed = old
    for index in stride(from: 0, to: old.count, by: 10_000) { changed[index] ^= 1 }
    #expect(try roundTrip(old, changed) < 400)
    #expect(try roundTrip(old, Array(old.dropFirst(40_000))) < 40_100)
  }

  @Test func `any bytes lead back to any others`() throws {
    var random = SeededRandom(seed: 9)
    func bytes(_ count: Int) -> [UInt8] {
      (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() % 3) }
    }
    for (old, new) in [(0, 0), (0, 10), (10, 0), (31, 32), (32, 32), (33, 31)] {
      _ = try roundTrip(bytes(old), bytes(new))
    }
    for _ in 0..<300 {
      let old = bytes(Int(random.next() % 400))
      var new = old
      for _ in 0..<random.below(5) {
        let offset = random.below(new.count + 1)
        new.insert(contentsOf: bytes(random.below(40)), at: offset)
        if !new.isEmpty { new.removeSubrange(random.below(new.count)...) }
        new += old.suffix(random.below(old.count + 1))
      }
      _ = try roundTrip(old, new)
    }
  }

  @Test func `bytes that changed since are refused`() throws {
    let delta = ReverseDelta(from: Array(0..<100), to: Array(0..<90))
    #expect(throws: MetadataError.changed(path: "photo")) {
      try delta.apply(to: Array(0..<89), name: "photo")
    }
    #expect(!delta.applies(to: Array(1..<91)))
    #expect(delta.applies(to: Array(0..<90)))
  }

  @Test func `a damaged record is refused and never crashes the program`() throws {
    let original = try photo("\(decoding)/grey.jpg")
    let written = try described(original, "A dog.")
    let serialized = ReverseDelta(from: original, to: written).serialized
    for count in 0..<min(serialized.count, 200) {
      #expect(throws: MetadataError.self) {
        try ReverseDelta(serialized: Array(serialized.prefix(count)), name: "photo")
      }
    }
    mutated(serialized, count: 5000, seed: 13) { damaged in
      guard let delta = try? ReverseDelta(serialized: damaged, name: "photo"),
        let result = try? delta.apply(to: written, name: "photo")
      else { return }
      #expect(result == original)
    }
  }

  @Test func `a record cannot ask for more memory than the file had`() {
    // 2⁶⁰ old bytes, copied from one new byte.
    let bytes: [UInt8] =
      Array("cap\u{1}".utf8) + [1] + [UInt8](repeating: 0, count: 8)
      + [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]
      + [UInt8](repeating: 0, count: 8)
      + [0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0]
    #expect(throws: MetadataError.self) { try ReverseDelta(serialized: bytes, name: "photo") }
  }
}
