import Tensors
import Testing

@Suite struct KernelsTests {
  @Test func `The plain set is always there, and the best is among those available`() {
    let names = Kernels.available.map(\.description)
    #expect(names.first == "plain")
    #expect(names.contains(Kernels.best.description))
    #expect(Set(names).count == names.count)
  }
}
