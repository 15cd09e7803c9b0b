import TestSupport
import Tensors
import Testing

@Suite struct StoredMatrixTests {
  @Test(arguments: [StoredPrecision.float16, .float32])
  func `rows of a file are those of its tensor`(precision: StoredPrecision) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/x.safetensors"
    try writeSafetensors(
      ["odd": Tensor([1], [1]), "x": randomTensor([5, 7], seed: 1)], to: path,
      precision: precision)
    let file = try SafetensorsFile(path: path)
    let tensor = try file.tensor("x")
    let matrix = try file.matrix("x", rows: 5, columns: 7)
    for row in [4, 0, 2] {
      var found = [Float](repeating: 0, count: 7)
      matrix.copyRow(row, to: &found)
      #expect(found == Array(tensor.elements[row * 7..<(row + 1) * 7]))
    }
  }

  @Test func `another shape is refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/x.safetensors"
    try writeSafetensors(["x": Tensor([5, 7])], to: path, precision: .float16)
    let file = try SafetensorsFile(path: path)
    #expect(throws: WeightError.self) { try file.matrix("x", rows: 7, columns: 5) }
    #expect(throws: WeightError.self) { try file.matrix("y", rows: 7, columns: 5) }
  }
}
