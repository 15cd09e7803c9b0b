import Testing
import Training

@Suite struct HeldBackTests {
  @Test func `every tenth is held back in turn, and of fewer than ten none`() {
    let (trained, heldBack) = HeldBack.inTurn.split(Array(0..<25))
    #expect(heldBack == [9, 19])
    #expect(trained == (0..<25).filter { $0 % 10 != 9 })
    #expect(HeldBack.inTurn.split(Array(0..<9)).heldBack.isEmpty)
    #expect(HeldBack.inTurn.split([Int]()).trained.isEmpty)
  }

  @Test func `a tenth is drawn by the seed, and both parts stay in order`() {
    let (trained, heldBack) = HeldBack.drawn(seed: 4).split(Array(0..<37))
    #expect(heldBack.count == 3 && heldBack == heldBack.sorted() && trained == trained.sorted())
    #expect((trained + heldBack).sorted() == Array(0..<37))
    #expect(HeldBack.drawn(seed: 4).split(Array(0..<37)).heldBack == heldBack)
    #expect(HeldBack.drawn(seed: 5).split(Array(0..<37)).heldBack != heldBack)
    #expect(HeldBack.drawn(seed: 4).split(Array(0..<9)).heldBack.isEmpty)
  }
}
