import Testing

@testable import Fuzzing

@Suite struct EditsTests {
  @Test func `an input asks for changes until it ends`() {
    var bytes: [UInt8] = [0, 0, 0, 0]
    // A bit, a byte, and all from a place on.
    var edits = Edits([0, 0, 0, 1, 7, 3, 0, 0, 2, 9, 7, 0, 0, 3])
    edits.change(&bytes)
    #expect(bytes == [0, 0x80, 0, 0])
    edits.change(&bytes)
    #expect(bytes == [0, 0x80, 9, 0])
    edits.change(&bytes)
    #expect(bytes == [0, 0x80, 9])
    #expect(edits.isEmpty)
    #expect(edits.number(4) == 0)
  }

  @Test func `a page takes another's place`() {
    var bytes = [UInt8](repeating: 1, count: 4096) + [UInt8](repeating: 2, count: 4096)
    var edits = Edits([5, 0, 0, 0, 0, 0x10, 0])
    edits.change(&bytes)
    #expect(bytes == [UInt8](repeating: 2, count: 8192))
  }
}
