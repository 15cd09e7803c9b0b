import PhotoFinding
import SystemPackage
import Testing

struct PassedByTests {
  @Test func nothingIsNotTold() { #expect(PassedBy().summary == nil) }

  @Test func kindsBeyondTheEighthAreSummedUp() {
    var passedBy = PassedBy()
    for letter in "abcdefghij" {
      passedBy.add(.otherFile(FilePath.Component("x.\(letter)") ?? "x"))
    }
    passedBy.add(.otherFile("x.J"))
    #expect(
      passedBy.summary
        == "11 files of other kinds: 2 j, 1 a, 1 b, 1 c, 1 d, 1 e, 1 f, 1 g, 2 others")
  }
}
